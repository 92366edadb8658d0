"""How far a log was read, so that it can be taken up again after a break."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from itertools import dropwhile

from cdkit.api import LogLine

REMEMBERED = 4096
"""Times. Two streams of one container may be written down a little out of the order of their times."""


class _Run:
    """Lines that came one after the other and bear one time."""

    __slots__ = ("count", "time")

    def __init__(self, time: str) -> None:
        self.time = time
        self.count = 1


class LogPosition:
    """Tells lines that come again, when a log is taken up, from those that are new. For one thread.

    A log only grows, and asked for from a time on it is the same sequence without its beginning, perhaps without all
    lines of earlier times. So what was read of it before comes first and in the same order, and it is enough to know
    how many lines that are, however many of them bear one time. Times are compared as text: a runtime writes them all
    in one form.

    Args:
        remembered: how many different times are kept.

    Attributes:
        total: how many lines were read.
    """

    def __init__(self, remembered: int = REMEMBERED) -> None:
        self._remembered = remembered
        self._runs: deque[_Run] = deque()
        self._newest_forgotten = ""
        self.total = 0
        self._known: deque[_Run] = deque()
        self._known_by_number = 0

    def take_up(self) -> str:
        """The time from which to ask for the log again, whose lines are then given to `new_of` from the first on.

        It lies as far back as is remembered, because lines that are still to come may be a little older than the last
        one. Empty for the whole log: nothing was forgotten yet, or the clock was set back, and times tell nothing.
        """
        since = self._earliest_remembered() if self._newest_forgotten else ""
        by_number = bool(self._newest_forgotten and not since)
        from_then_on = dropwhile(lambda run: run.time < since, self._runs)
        self._known = deque() if by_number else deque(map(_copy, from_then_on))
        self._known_by_number = self.total if by_number else 0
        return since

    def _earliest_remembered(self) -> str:
        """The earliest time of which no line was forgotten; empty when it is later than the last line."""
        earliest = min((run.time for run in self._runs if run.time > self._newest_forgotten), default="")
        return earliest if earliest <= self._runs[-1].time else ""

    def new_of(self, lines: Sequence[LogLine]) -> Sequence[LogLine]:
        """Those of the next lines that were not read before; they count as read now."""
        new = lines
        if self._known or self._known_by_number:
            new = [line for line in lines if not self._comes_again(line.time)]
        self.total += len(new)
        self._remember(line.time for line in new)
        return new

    def _remember(self, times: Iterable[str]) -> None:
        runs, last = self._runs, self._runs[-1] if self._runs else None
        for time in times:
            if last is not None and last.time == time:
                last.count += 1
                continue
            last = _Run(time)
            runs.append(last)
            if len(runs) > self._remembered:
                self._newest_forgotten = max(self._newest_forgotten, runs.popleft().time)

    def _comes_again(self, time: str) -> bool:
        """Whether a line is the next of those that were read before; those that do not come again are skipped."""
        if self._known_by_number:
            self._known_by_number -= 1
            return True
        known = self._known
        if not known:
            return False
        while known[0].time != time and _holds(known, time):
            known.popleft()
        if known[0].time != time:
            known.clear()
            return False
        known[0].count -= 1
        if not known[0].count:
            known.popleft()
        return True


def _copy(run: _Run) -> _Run:
    again = _Run(run.time)
    again.count = run.count
    return again


def _holds(runs: deque[_Run], time: str) -> bool:
    return any(run.time == time for run in runs)
