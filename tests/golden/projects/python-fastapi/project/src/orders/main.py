from fastapi import FastAPI
from prometheus_fastapi_instrumentator import Instrumentator

from orders.routes import router

app = FastAPI(title="Orders")
app.include_router(router, prefix="/api/v1")
Instrumentator().instrument(app).expose(app)


@app.get("/healthz/live")
def live() -> dict[str, str]:
    return {"status": "ok"}


@app.get("/healthz/ready")
def ready() -> dict[str, str]:
    return {"status": "ok"}
