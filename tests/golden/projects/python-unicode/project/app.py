from litestar import Litestar, get


@get("/")
async def index() -> str:
    return "Grüß Gott"


app = Litestar([index])
