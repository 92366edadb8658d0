from fastapi import APIRouter

router = APIRouter()


@router.get("/orders")
def orders() -> list[int]:
    return []


# The status of the shop, not of this program.
@router.get("/status")
def status() -> dict[str, str]:
    return {"shop": "open"}
