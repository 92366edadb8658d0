"""What the engine tells of its containers, volumes and images, in our words. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from cdkit.clients.engine.containers.times import moment, rfc3339
from cdkit.clients.image_config import ImageSettings
from cdkit.models.container import (
    ContainerPhase,
    ContainerState,
    EngineEvent,
    EngineVolume,
    ImageConfig,
)
from cdkit.models.decoding import decode_json

_PHASES: Mapping[str, ContainerPhase] = {
    "created": "created",
    "running": "running",
    "paused": "running",
    "restarting": "running",
    "removing": "ended",
    "exited": "ended",
    "dead": "ended",
}
_GOING = ("removing", "dead")
"""An engine says so from before it kills a container that is removed by force."""

_HEALTH = ("starting", "healthy", "unhealthy")


class _Health(msgspec.Struct, frozen=True, rename="pascal"):
    status: str = ""


class _State(msgspec.Struct, frozen=True, rename="pascal"):
    status: str
    started_at: str
    finished_at: str
    exit_code: int = 0
    oom_killed: bool = msgspec.field(name="OOMKilled", default=False)
    error: str = ""
    health: _Health | None = None


class _Config(msgspec.Struct, frozen=True, rename="pascal"):
    image: str
    labels: dict[str, str] | None = None


class _Inspected(msgspec.Struct, frozen=True, rename="pascal"):
    id: str
    name: str
    created: str
    state: _State
    config: _Config


class _Listed(msgspec.Struct, frozen=True, rename="pascal"):
    id: str
    names: list[str]
    image: str
    state: str
    created: int
    labels: dict[str, str] | None = None


class _Actor(msgspec.Struct, frozen=True, rename="pascal"):
    id: str = msgspec.field(name="ID")


class _Event(msgspec.Struct, frozen=True, rename="pascal"):
    action: str
    actor: _Actor


class _Volume(msgspec.Struct, frozen=True, rename="pascal"):
    name: str
    labels: dict[str, str] | None = None


class _Volumes(msgspec.Struct, frozen=True, rename="pascal"):
    volumes: list[_Volume] | None = None


class _Image(msgspec.Struct, frozen=True, rename="pascal"):
    os: str = ""
    architecture: str = ""
    variant: str = ""
    config: ImageSettings | None = None


def inspected(answer: bytes) -> ContainerState:
    """One container, as its inspection tells it."""
    container = decode_json(answer, _Inspected)
    state = container.state
    phase = _PHASES.get(state.status, "running")
    health = state.health.status if state.health else ""
    return ContainerState(
        id=container.id,
        name=container.name.removeprefix("/"),
        image=container.config.image,
        labels=container.config.labels or {},
        phase=phase,
        exit_code=state.exit_code,
        out_of_memory=state.oom_killed,
        error=state.error,
        health=health if health in _HEALTH else "",  # type: ignore[arg-type]  # one of the three
        created=container.created,
        started=moment(state.started_at),
        ended=moment(state.finished_at) if phase == "ended" else "",
        is_going=state.status in _GOING,
    )


def listed(answer: bytes) -> list[ContainerState]:
    """Containers, as far as a list tells of them."""
    return [
        ContainerState(
            id=container.id,
            name=container.names[0].removeprefix("/") if container.names else "",
            image=container.image,
            labels=container.labels or {},
            phase=_PHASES.get(container.state, "running"),
            created=rfc3339(container.created),
        )
        for container in decode_json(answer, list[_Listed])
    ]


def event(line: bytes) -> EngineEvent:
    """One event."""
    told = decode_json(line, _Event)
    return EngineEvent(told.actor.id, told.action)


def volumes(answer: bytes) -> list[EngineVolume]:
    """The volumes of a list."""
    found = decode_json(answer, _Volumes).volumes or ()
    return [EngineVolume(volume.name, volume.labels or {}) for volume in found]


def image(answer: bytes) -> ImageConfig:
    """How an image is run."""
    found = decode_json(answer, _Image)
    platform = "/".join(filter(None, (found.os, found.architecture, found.variant)))
    return (found.config or ImageSettings()).described(platform)


def field_of(answer: bytes, name: str) -> Any:
    """One field of an answer."""
    return decode_json(answer, dict[str, Any])[name]
