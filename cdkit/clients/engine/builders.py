"""The builders of one engine: looked for once, on first use."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextlib import closing

from cdkit.clients.engine.buildkit.builder import BuildKitBuilder
from cdkit.clients.engine.buildkit.docker_cli import (
    CONTAINERD_STORE,
    FIRST_ENGINE_WITH_BUILDKIT,
    DockerCli,
    Engine,
    buildkit_builder,
    find_docker_cli,
)
from cdkit.clients.engine.classic import ClassicBuilder, classic_builder
from cdkit.clients.engine.connection import EngineConnection
from cdkit.errors import WorldFailed
from cdkit.models.image_build import Builder, BuilderName
from cdkit.ports.processes import Processes


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
        self._looked = False
        self._cli: DockerCli | None = None
        self._engine: Engine | None = None

    def list(self) -> tuple[Builder, ...]:
        """BuildKit, where it can be had, and the classic builder.

        Raises:
            EngineUnreachable: the engine does not answer.
        """
        engine = self._asked_engine()
        cli = self._found_cli(engine)
        classic = classic_builder(engine.version)
        return (buildkit_builder(cli, engine), classic) if cli is not None else (classic,)

    def get(self, name: BuilderName) -> ClassicBuilder | BuildKitBuilder:
        """A builder by its name.

        Raises:
            EngineUnreachable: the engine does not answer.
            WorldFailed: BuildKit cannot be had here.
        """
        if name == "classic":
            return ClassicBuilder(self._connection)
        cli = self._found_cli(self._asked_engine())
        if cli is None:
            raise WorldFailed(
                "No Docker client here speaks BuildKit.",
                remedy="Install the buildx plugin of docker, or build with `backend: classic`.",
            )
        return BuildKitBuilder(cli, self._environ, self._processes)

    def _asked_engine(self) -> Engine:
        with self._lock:
            if self._engine is None:
                with closing(self._connection.hello()) as client, self._connection.faults():
                    version, info = client.version(), client.info()
                store = [value for pair in info.get("DriverStatus") or () for value in pair]
                self._engine = Engine(str(version["Version"]), str(version["Os"]), CONTAINERD_STORE in store)
            return self._engine

    def _found_cli(self, engine: Engine) -> DockerCli | None:
        with self._lock:
            if not self._looked:
                has_buildkit = engine.system == "linux" and engine.is_at_least(FIRST_ENGINE_WITH_BUILDKIT)
                self._cli = find_docker_cli(self._environ, self._processes) if has_buildkit else None
                self._looked = True
            return self._cli
