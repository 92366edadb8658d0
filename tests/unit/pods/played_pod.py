"""A pod that a test plays: its logs, its executions and its volumes."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from types import TracebackType
from typing import Self

from cdkit.errors import ClusterUnreachable
from cdkit.flow.cancellation import Cancellation
from cdkit.models.container import Executed, LogLine
from cdkit.models.duration import Duration
from cdkit.models.kube import Manifest, ObjectRef
from cdkit.ports.cluster import Watchable
from cdkit.ports.execution import Execution

Play = Callable[[str, Sequence[str], Cancellation], Iterator[bytes | int]]
"""Plays a command in a container: what it writes, and at last its exit code; the rest of its output is errors."""


def pod_with(**states: Manifest) -> Manifest:
    """A Pod whose containers are in these states."""
    statuses = [{"name": name, "ready": state.pop("ready", False), "state": state} for name, state in states.items()]
    return {"kind": "Pod", "status": {"containerStatuses": statuses}}


def running(*, ready: bool = False) -> Manifest:
    return {"running": {"startedAt": "2026-01-01T00:00:00Z"}, "ready": ready}


def ended(code: int, reason: str = "Error") -> Manifest:
    return {"terminated": {"exitCode": code, "reason": reason}}


class PlayedLog:
    """One log, which grows while it is followed, and breaks off when it is told to."""

    def __init__(self) -> None:
        self.lines: list[LogLine] = []
        self.closed = False
        self.breaks: deque[int] = deque()
        """After how many lines each request breaks off; without an entry it goes on to the end."""
        self.requests: list[str] = []
        self._condition = threading.Condition()

    def write(self, *lines: LogLine | str, closed: bool = False) -> None:
        """Add lines; plain text gets a time of its own."""
        with self._condition:
            for line in lines:
                time = f"2026-01-01T00:00:00.{len(self.lines):09}Z"
                self.lines.append(line if isinstance(line, LogLine) else LogLine(time, line))
            self.closed = closed
            self._condition.notify_all()

    def read(self, since: str, cancellation: Cancellation) -> Iterator[Sequence[LogLine]]:
        with self._condition:
            self.requests.append(since)
            left = self.breaks.popleft() if self.breaks else None
        forget = cancellation.on_cancel(self._notify)
        place = 0
        try:
            while left != 0 and (line := self._next(place, cancellation)) is not None:
                place += 1
                if line.time >= since:
                    yield (line,)
                    left = None if left is None else left - 1
        finally:
            forget()
        if left == 0:
            raise ClusterUnreachable("The connection broke.")

    def _notify(self) -> None:
        with self._condition:
            self._condition.notify_all()

    def _next(self, place: int, cancellation: Cancellation) -> LogLine | None:
        with self._condition:
            self._condition.wait_for(lambda: len(self.lines) > place or self.closed or cancellation.reason is not None)
            cancellation.raise_if_cancelled()
            return self.lines[place] if len(self.lines) > place else None


class PlayedExecution:
    """One execution of a played pod."""

    def __init__(self, played: Iterator[bytes | int]) -> None:
        self._played = played
        self._code: int | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def output(self) -> Iterator[bytes]:
        while self._code is None:
            piece = next(self._played, 0)
            if isinstance(piece, int):
                self._code = piece
            else:
                yield piece

    def ended(self) -> Executed:
        for _ in self.output():
            pass
        return Executed(
            self._code or 0, "".join(str(piece, "utf-8") for piece in self._played if isinstance(piece, bytes))
        )


class PlayedPod:
    """A running pod of which a test decides everything. Implements `cdkit_pods.runtime.RunningPod`."""

    ref = ObjectRef("v1", "Pod", "tests", "played")
    where = "in a test"

    def __init__(self, play: Play | None = None) -> None:
        self.logs: dict[str, PlayedLog] = {}
        self.archives: dict[str, Iterable[bytes]] = {}
        self.executed: list[tuple[str, tuple[str, ...]]] = []
        self._play = play

    @property
    def source(self) -> Watchable:
        raise NotImplementedError

    def open(self, container: str) -> None:
        raise NotImplementedError

    def log(self, container: str, *, since: str, cancellation: Cancellation) -> Iterator[Sequence[LogLine]]:
        return self.logs[container].read(since, cancellation)

    def execute(
        self, container: str, command: Sequence[str], *, stdin: Iterable[bytes] = (), cancellation: Cancellation
    ) -> Execution:
        assert self._play is not None
        self.executed.append((container, tuple(command)))
        return PlayedExecution(self._play(container, command, cancellation))

    def read_folder(self, volume: str, cancellation: Cancellation) -> Iterator[bytes]:
        for piece in self.archives[volume]:
            cancellation.raise_if_cancelled()
            yield piece

    def write_folder(self, volume: str, archive: Iterable[bytes], cancellation: Cancellation) -> None:
        raise NotImplementedError

    def keep(self, seconds: Duration) -> Sequence[str]:
        raise NotImplementedError

    def remove(self) -> None:
        raise NotImplementedError
