"""Logs of containers, as a test writes them."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from cdkit.errors import CdkitError
from cdkit.flow.cancellation import Cancellation
from cdkit.models.container import LogLine

FIRST_DAY = "2026-01-01T"


class _Log:
    def __init__(self) -> None:
        self.lines: list[LogLine] = []
        self.open = False


class _Break:
    """Where reading of a log is to break off: after so many lines of the one that is read next."""

    def __init__(self, after: int, error: CdkitError) -> None:
        self.after = after
        self.error = error


class FakeLogs:
    """The logs of a fake cluster. May be written while somebody follows them."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._logs: dict[tuple[str, str, bool], _Log] = {}
        self._breaks: list[_Break] = []
        self._outages: list[CdkitError] = []

    def write(
        self,
        pod: str,
        container: str,
        *lines: str,
        previous: bool = False,
        still_running: bool = False,
        time: str = "",
    ) -> None:
        """Add lines to a container's log.

        Args:
            pod: its name.
            container: the container's name.
            lines: without line breaks.
            previous: into the log of the instance before the last restart.
            still_running: who follows the log waits for more, until `write` is called without this.
            time: of all these lines, RFC 3339 with nanoseconds in UTC; when left out each comes a millisecond after
                the one above it.
        """
        with self._condition:
            log = self._logs.setdefault((pod, container, previous), _Log())
            log.lines.extend(LogLine(time or _time_of(len(log.lines) + i), line) for i, line in enumerate(lines))
            log.open = still_running
            self._condition.notify_all()

    def break_next(self, *, after: int, error: CdkitError) -> None:
        """Let the next reading of a log with times break off after so many lines; called again, the one after it."""
        with self._condition:
            self._breaks.append(_Break(after, error))

    def break_off(self, error: CdkitError) -> None:
        """Let all logs that are followed at this moment break off."""
        with self._condition:
            self._outages.append(error)
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
        lines = iter(log.lines[position:]) if follow is None else self._followed(log, position, follow)
        yield from (line.text for line in lines)

    def follow(self, pod: str, container: str, *, since: str, cancellation: Cancellation) -> Iterator[LogLine]:
        """The lines from the first of this time or later on, also those that are still to come."""
        with self._condition:
            log = self._logs.setdefault((pod, container, False), _Log())
            planned = self._breaks.pop(0) if self._breaks else None
        if planned is not None and planned.after == 0:
            raise planned.error
        last, given = since, 0
        for line in self._followed(log, 0, cancellation):
            if not given and line.time < since:
                continue
            last, given = max(last, line.time), given + 1
            yield LogLine(last, line.text)
            if planned is not None and planned.after == given:
                raise planned.error

    def _followed(self, log: _Log, position: int, cancellation: Cancellation) -> Iterator[LogLine]:
        outages = len(self._outages)
        forget = cancellation.on_cancel(self._wake)
        try:
            while (line := self._next(log, position, cancellation, outages)) is not None:
                yield line
                position += 1
        finally:
            forget()

    def _next(self, log: _Log, position: int, cancellation: Cancellation, outages: int) -> LogLine | None:
        """The line at a position, as soon as there is one; None when there will be none."""
        with self._condition:
            self._condition.wait_for(
                lambda: (
                    len(log.lines) > position
                    or not log.open
                    or cancellation.reason is not None
                    or len(self._outages) > outages
                )
            )
            cancellation.raise_if_cancelled()
            if len(self._outages) > outages:
                raise self._outages[-1]
            return log.lines[position] if len(log.lines) > position else None

    def _wake(self) -> None:
        with self._condition:
            self._condition.notify_all()


def _time_of(number: int) -> str:
    """The time of a line of which a test does not say any."""
    seconds, milliseconds = divmod(number, 1000)
    hours, seconds = divmod(seconds, 3600)
    return f"{FIRST_DAY}{hours:02}:{seconds // 60:02}:{seconds % 60:02}.{milliseconds:03}000000Z"
