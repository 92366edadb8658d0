"""Containers, as an engine runs them and as a test pod is made of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

ContainerPhase = Literal["created", "running", "ended", "gone"]


class LogLine(msgspec.Struct, frozen=True):
    """One line of a container's log.

    Attributes:
        time: when it was written, RFC 3339 with nanoseconds, as the runtime says; a log is resumed from here.
        text: without the line break.
        stream: on which stream it was written; Kubernetes does not tell them apart, and says `stdout`.
    """

    time: str
    text: str
    stream: Literal["stdout", "stderr"] = "stdout"


class HealthCheck(msgspec.Struct, frozen=True, kw_only=True):
    """A command by which a container tells whether it is well (`HEALTHCHECK`). Times are seconds.

    Attributes:
        command: run in the container; 0 is healthy.
        interval: from one check to the next.
        timeout: how long one may take.
        retries: how many may fail in a row.
        start_period: how long failures do not count.
    """

    command: tuple[str, ...]
    interval: float = 1.0
    timeout: float = 5.0
    retries: int = 3
    start_period: float = 0.0


class ImageConfig(msgspec.Struct, frozen=True, kw_only=True):
    """What an image says of how it is run.

    https://github.com/opencontainers/image-spec/blob/main/config.md

    Attributes:
        entrypoint: the program; empty when the image names none.
        command: its arguments, or the program itself where there is no entrypoint.
        env: environment variables.
        user: by name or number, `user:group`; empty for root.
        working_dir: empty for `/`.
        health: its own health check; None when it has none, or has switched it off.
        volumes: paths that the image declares as volumes.
        platform: `linux/amd64`.
    """

    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    env: Mapping[str, str] = {}
    user: str = ""
    working_dir: str = ""
    health: HealthCheck | None = None
    volumes: tuple[str, ...] = ()
    platform: str = ""


class VolumeMount(msgspec.Struct, frozen=True, kw_only=True):
    """A volume of the engine in a container."""

    volume: str
    path: str
    read_only: bool = False


class MemoryMount(msgspec.Struct, frozen=True, kw_only=True):
    """A folder in memory, for one container only; `size` in bytes, 0 for the engine's own limit."""

    path: str
    size: int = 0


class ContainerRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A container that an engine is to make.

    Attributes:
        name: unique on the engine.
        image: which the engine has.
        entrypoint: replaces the image's own; None leaves it.
        command: replaces the image's own; None leaves it.
        env: environment variables.
        labels: by which it is found again.
        working_dir: empty leaves the image's own.
        user: empty leaves the image's own.
        network: empty for the usual one, or `container:ID` to be in the network namespace of another container.
        hosts: lines of /etc/hosts, addresses by name. Not with `container:ID`: that has the file of the other one.
        mounts: volumes.
        memory_mounts: folders in memory.
        cpus: cores; 0 for no limit.
        memory: bytes, after which it is killed; 0 for no limit.
        shared_memory: bytes of /dev/shm; 0 for the engine's own default.
        health: replaces the image's own check; None leaves it.
        new_privileges: whether its programs may gain privileges (set-user-id and the like).
    """

    name: str
    image: str
    entrypoint: tuple[str, ...] | None = None
    command: tuple[str, ...] | None = None
    env: Mapping[str, str] = {}
    labels: Mapping[str, str] = {}
    working_dir: str = ""
    user: str = ""
    network: str = ""
    hosts: Mapping[str, str] = {}
    mounts: tuple[VolumeMount, ...] = ()
    memory_mounts: tuple[MemoryMount, ...] = ()
    cpus: float = 0.0
    memory: int = 0
    shared_memory: int = 0
    health: HealthCheck | None = None
    new_privileges: bool = False


class ContainerState(msgspec.Struct, frozen=True, kw_only=True):
    """How a container of an engine fares.

    Attributes:
        id: the engine's.
        name: as it was asked for.
        image: the reference that it was made from.
        labels: of the container.
        phase: how far it has come.
        exit_code: once it has ended.
        out_of_memory: whether the kernel killed it for its memory.
        error: why it could not be started, in the engine's words.
        health: what its health check says; empty when it has none.
        created: when it was made, RFC 3339.
        started: when it began, RFC 3339; empty before.
        ended: when it ended, RFC 3339; empty before.
        is_going: whether the engine is removing it: how it ended is the work of whoever asked for that.
    """

    id: str
    name: str
    image: str = ""
    labels: Mapping[str, str] = {}
    phase: ContainerPhase = "created"
    exit_code: int = 0
    out_of_memory: bool = False
    error: str = ""
    health: Literal["", "starting", "healthy", "unhealthy"] = ""
    created: str = ""
    started: str = ""
    ended: str = ""
    is_going: bool = False


class EngineEvent(msgspec.Struct, frozen=True):
    """Something happened to a container: `start`, `die`, `oom`, `destroy`, `health_status: healthy`."""

    container: str
    action: str


class EngineVolume(msgspec.Struct, frozen=True):
    """A volume of an engine, with its labels."""

    name: str
    labels: Mapping[str, str] = {}


class Executed(msgspec.Struct, frozen=True):
    """How a command in a container ended: its exit code, and the last of what it wrote to its error stream."""

    exit_code: int
    errors: str = ""
