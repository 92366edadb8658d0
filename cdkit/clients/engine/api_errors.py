"""What the engine's API answers when it says no."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docker.errors import APIError


def api_error() -> type[APIError]:
    """The class of such answers; imported on first use."""
    from docker.errors import APIError

    return APIError


def said_by(error: APIError) -> str:
    """The engine's own words."""
    return str(error.explanation or error)
