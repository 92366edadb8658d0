#[macro_use]
extern crate rocket;

#[get("/up")]
fn up() -> &'static str {
    "up"
}

#[launch]
fn rocket() -> _ {
    rocket::build().mount("/", routes![up])
}
