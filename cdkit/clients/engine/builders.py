"""The builders of one engine: looked for once, on first use."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextlib import closing
from typing import Any

import msgspec

from cdkit.clients.engine.buildkit.builder import BuildKitBuilder
from cdkit.clients.engine.buildkit.docker_cli import (
    CONTAINERD_STORE,
    FIRST_ENGINE_WITH_BUILDKIT,
    DockerCli,
    buildkit_builder,
    find_docker_cli,
    numbers_of,
)
from cdkit.clients.engine.classic import ClassicBuilder, classic_builder
from cdkit.clients.engine.connection import EngineConnection
from cdkit.errors import WorldFailed
from cdkit.models.image_build import Builder, BuilderName
from cdkit.ports.processes import Processes


class _Found(msgspec.Struct, frozen=True):
    """What is known of an engine and of the client for it."""

    engine_version: str
    cli: DockerCli | None
    keeps_platforms: bool


class Builders:
    """What an engine can build with. May be shared by threads.

    Args:
        connection: to the engine.
        environ: the environment of Docker clients.
        processes: starts them.
    """

    def __init__(self, connection: EngineConnection, environ: Mapping[str, str], processes: Processes) -> None:
        self._connection = connection
        self._environ = environ
        self._processes = processes
        self._lock = threading.Lock()
        self._found: _Found | None = None

    def list(self) -> tuple[Builder, ...]:
        """BuildKit, where it can be had, and the classic builder.

        Raises:
            EngineUnreachable: the engine does not answer.
        """
        found = self._look()
        classic = classic_builder(found.engine_version)
        if found.cli is None:
            return (classic,)
        return (
            buildkit_builder(found.cli, found.engine_version, keeps_platforms=found.keeps_platforms),
            classic,
        )

    def get(self, name: BuilderName) -> ClassicBuilder | BuildKitBuilder:
        """A builder by its name.

        Raises:
            EngineUnreachable: the engine does not answer.
            WorldFailed: BuildKit cannot be had here.
        """
        if name == "classic":
            return ClassicBuilder(self._connection)
        cli = self._look().cli
        if cli is None:
            raise WorldFailed(
                "No Docker client here speaks BuildKit.",
                remedy="Install the buildx plugin of docker, or build with `backend: classic`.",
            )
        return BuildKitBuilder(cli, self._environ, self._processes)

    def _look(self) -> _Found:
        with self._lock:
            if self._found is None:
                with closing(self._connection.hello()) as client, self._connection.faults():
                    version = client.version()
                    cli = find_docker_cli(self._environ, self._processes) if _has_buildkit(version) else None
                    # Without buildx no client can ask for several platforms, and `info` takes its time.
                    info = client.info() if cli is not None and cli.driver else {}
                store = [value for pair in info.get("DriverStatus") or () for value in pair]
                self._found = _Found(str(version["Version"]), cli, CONTAINERD_STORE in store)
            return self._found


def _has_buildkit(version: dict[str, Any]) -> bool:
    return version["Os"] == "linux" and numbers_of(str(version["Version"])) >= FIRST_ENGINE_WITH_BUILDKIT
