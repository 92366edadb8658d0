use actix_web::{get, web, App, HttpResponse, HttpServer, Responder};

#[get("/health")]
async fn health() -> impl Responder {
    HttpResponse::Ok()
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    HttpServer::new(|| App::new().service(health).service(web::resource("/").to(HttpResponse::Ok)))
        .bind(("0.0.0.0", 8085))?
        .run()
        .await
}
