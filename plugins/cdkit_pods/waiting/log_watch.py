"""Looks for patterns in a log, from its first line on."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from cdkit.api import CdkitError, LogLine
from cdkit_pods.logs.stream import LogStream
from cdkit_pods.waiting.conditions import Condition, LogMatch
from cdkit_pods.waiting.pattern import Pattern
from cdkit_pods.waiting.tree import Path, leaves, log_predecessors


class LineFound(msgspec.Struct, frozen=True):
    """A pattern of the condition has come."""

    path: Path


class FailureFound(msgspec.Struct, frozen=True):
    """A line says that the service has failed."""

    line: str


class LogOver(msgspec.Struct, frozen=True):
    """No line will come any more."""


class _Sought(msgspec.Struct, frozen=True):
    path: Path
    pattern: Pattern


LogNews = LineFound | FailureFound | LogOver | CdkitError


class LogWatch:
    """Tells of each pattern of a condition when a line has it, and of a line that ends the waiting.

    Args:
        log: which has not begun yet.
        condition: its patterns are looked for; one that follows another in order, after the line that had that.
        fails_on: a pattern of failure; empty for none.
        tell: hears of it, in the thread of the log.
    """

    def __init__(self, log: LogStream, condition: Condition, fails_on: str, tell: Callable[[LogNews], None]) -> None:
        patterns = {path: leaf.pattern for path, leaf in leaves(condition) if isinstance(leaf, LogMatch)}
        followers = {before: path for path, before in log_predecessors(condition).items()}
        self._tell = tell
        self._failure = Pattern(fails_on) if fails_on else None
        self._followers = {before: _Sought(path, Pattern(patterns[path])) for before, path in followers.items()}
        self._sought = tuple(
            _Sought(path, Pattern(text)) for path, text in patterns.items() if path not in followers.values()
        )
        self._forget = log.subscribe(self._on_lines) if patterns or fails_on else lambda: None
        self._is_closed = False
        log.when_over(lambda: tell(LogOver()))

    def close(self) -> None:
        """Look no further."""
        self._is_closed = True
        self._forget()

    def _on_lines(self, lines: Sequence[LogLine]) -> None:
        try:
            for line in lines:
                if self._is_closed:
                    return
                self._look_at(line.text)
        except CdkitError as error:
            self.close()
            self._tell(error)

    def _look_at(self, text: str) -> None:
        if self._failure is not None and self._failure.found_in(text):
            self.close()
            self._tell(FailureFound(text))
        for sought in self._sought:
            if sought.pattern.found_in(text):
                self._found(sought)

    def _found(self, found: _Sought) -> None:
        rest = tuple(sought for sought in self._sought if sought is not found)
        follower = self._followers.get(found.path)
        self._sought = rest if follower is None else (*rest, follower)
        if not self._sought and self._failure is None:
            self.close()
        self._tell(LineFound(found.path))
