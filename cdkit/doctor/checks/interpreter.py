"""The Python that runs us."""

from __future__ import annotations

from collections.abc import Iterator

from cdkit.doctor.finding import Finding
from cdkit.doctor.place import Place

OLDEST = (3, 11)
"""`requires-python` of pyproject.toml."""


def check(place: Place) -> Iterator[Finding]:
    """It is new enough."""
    version = ".".join(map(str, place.python))
    if place.python[:2] < OLDEST:
        wanted = ".".join(map(str, OLDEST))
        yield Finding("python", "wrong", f"This is Python {version}.", f"Install cdkit for Python {wanted} or newer.")
    else:
        yield Finding("python", "well", f"Python {version}")
