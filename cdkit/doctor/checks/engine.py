"""The image engine."""

from __future__ import annotations

from collections.abc import Iterator

from cdkit.doctor.finding import Finding
from cdkit.doctor.place import Place


def check(place: Place) -> Iterator[Finding]:
    """It answers. Where nobody speaks of one there need not be any: pipelines without images do well without it."""
    if not place.environ.get("DOCKER_HOST") and not place.engine_socket.exists():
        message = "There is no Docker engine here; build-image and push-to-registry need one."
        yield Finding("engine", "remark", message, "Start one, or point DOCKER_HOST at one, if the pipeline needs it.")
        return
    yield Finding("engine", "well", f"Docker {place.world.images().ping()} answers")
