"""Logs of containers, as a test writes them."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from cdkit.flow.cancellation import Cancellation


class _Log:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.open = False


class FakeLogs:
    """The logs of a fake cluster. May be written while somebody follows them."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._logs: dict[tuple[str, str, bool], _Log] = {}

    def write(self, pod: str, container: str, *lines: str, previous: bool = False, still_running: bool = False) -> None:
        """Add lines to a container's log.

        Args:
            pod: its name.
            container: the container's name.
            lines: without line breaks.
            previous: into the log of the instance before the last restart.
            still_running: who follows the log waits for more, until `write` is called without this.
        """
        with self._condition:
            log = self._logs.setdefault((pod, container, previous), _Log())
            log.lines.extend(lines)
            log.open = still_running
            self._condition.notify_all()

    def has_previous(self, pod: str, container: str) -> bool:
        """Whether there is a log of an earlier instance."""
        with self._condition:
            return (pod, container, True) in self._logs

    def read(
        self, pod: str, container: str, *, previous: bool, tail: int | None, follow: Cancellation | None
    ) -> Iterator[str]:
        """The lines; those that are still to come too, when `follow` is given, which ends it."""
        with self._condition:
            log = self._logs.setdefault((pod, container, previous), _Log())
            position = 0 if tail is None else max(0, len(log.lines) - tail)
        if follow is None:
            yield from log.lines[position:]
            return
        forget = follow.on_cancel(self._wake)
        try:
            while (line := self._next(log, position, follow)) is not None:
                yield line
                position += 1
        finally:
            forget()

    def _next(self, log: _Log, position: int, cancellation: Cancellation) -> str | None:
        """The line at a position, as soon as there is one; None when there will be none."""
        with self._condition:
            self._condition.wait_for(
                lambda: len(log.lines) > position or not log.open or cancellation.reason is not None
            )
            cancellation.raise_if_cancelled()
            return log.lines[position] if len(log.lines) > position else None

    def _wake(self) -> None:
        with self._condition:
            self._condition.notify_all()
