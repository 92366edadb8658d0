"""What tests do to an engine in memory: images, programs, what containers print, outages."""

from __future__ import annotations

import threading
from itertools import count
from typing import Self

from cdkit.errors import EngineUnreachable, ObjectNotFound
from cdkit.models.container import ContainerRequest, EngineVolume
from cdkit.testing.fake_container import FakeContainer, FakeProgram, Health
from cdkit.testing.fake_engine_events import FakeEngineEvents
from cdkit.testing.fake_files import Tree
from cdkit.testing.fake_programs import FakePrograms
from cdkit.testing.fake_pulls import FakePulls

SLEEP = ("/bin/busybox", "sleep")
"""Runs until it is ended, unless a test tells something else of it."""


class PreparedEngine:
    """The side of an engine in memory on which tests prepare it; `FakeContainerEngine` adds what steps ask of it.

    Attributes:
        images: the images that it has, by reference.
        registry: the images that registries serve, by reference.
        refusals: what a registry says when an image is asked for, in its own words, by reference.
        requests: the containers that were asked for, in order.
        pulls: the references that were pulled, in order.
        executed: the commands that were run in containers, in order, each behind the container's name.
        files: those of each volume, by its name.
    """

    def __init__(self) -> None:
        self._pulls = FakePulls()
        self.images, self.registry = self._pulls.images, self._pulls.registry
        self.refusals, self.pulls = self._pulls.refusals, self._pulls.pulls
        self.requests: list[ContainerRequest] = []
        self.executed: list[tuple[str, ...]] = []
        self.files: dict[str, Tree] = {}
        self._volumes: dict[str, EngineVolume] = {}
        self._programs = FakePrograms().on(*SLEEP, program=FakeProgram(stays=True))
        self._containers: dict[str, FakeContainer] = {}
        self._events = FakeEngineEvents()
        self._condition = threading.Condition(threading.RLock())
        self._ticks = count(1)
        self._reachable = True

    def on(self, *command: str, program: FakeProgram) -> Self:
        """Say how a command goes. The longest beginning of a command that was told counts."""
        self._programs.on(*command, program=program)
        return self

    def go_away(self) -> None:
        """Do not answer any more, until `come_back`."""
        self._reachable = False
        self.hang_up()

    def come_back(self) -> None:
        """Answer again."""
        self._reachable = True

    def hang_up(self) -> None:
        """End all streams of events."""
        self._events.hang_up()

    def write(self, container: str, *lines: str) -> None:
        """Let a container that runs print further lines."""
        with self._condition:
            self._find(container).print(lines)

    def tell_health(self, container: str, health: Health) -> None:
        """Let a container's health check say something else."""
        with self._condition:
            self._find(container).change(f"health_status: {health}", health=health)

    def end(self, container: str, exit_code: int = 0, *, out_of_memory: bool = False) -> None:
        """Let a container end."""
        with self._condition:
            self._find(container).end(exit_code, out_of_memory=out_of_memory)

    def _answer(self) -> None:
        if not self._reachable:
            raise EngineUnreachable("The Docker engine does not answer: Connection refused.")

    def _now(self) -> str:
        seconds, fraction = divmod(next(self._ticks), 1000)
        return f"2026-01-01T{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{fraction:03}000001Z"

    def _find(self, container: str) -> FakeContainer:
        for each in self._containers.values():
            if container in (each.state.id, each.state.name):
                return each
        raise ObjectNotFound(f"No such container: {container}")

    def _tell(self, container: FakeContainer, action: str) -> None:
        if action:
            self._events.tell(container.state, action)
        self._wake()

    def _wake(self) -> None:
        with self._condition:
            self._condition.notify_all()
