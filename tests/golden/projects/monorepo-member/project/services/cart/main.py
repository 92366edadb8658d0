from fastapi import APIRouter, FastAPI

router = APIRouter(prefix="/cart")


@router.get("/health")
def health():
    return {}


app = FastAPI()
app.include_router(router)
