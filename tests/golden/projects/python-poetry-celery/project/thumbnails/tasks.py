from celery import Celery

app = Celery("thumbnails", broker="redis://redis:6379/0")


@app.task
def shrink(path: str, size: int) -> str:
    return f"{path}-{size}"
