"""The lines of a container's log, out of the engine's messages.

The engine keeps a line of more than 16 KiB as several messages, each with its own time, of which only the last ends
with a line break.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal

from cdkit.clients.engine.containers.frames import STDERR
from cdkit.clients.lines import LONGEST_LINE, LineSplitter, text_of
from cdkit.errors import EngineUnreachable
from cdkit.models.container import LogLine

_TIME_BYTES = len("2026-01-31T12:00:00.123456789Z")
_TIME = re.compile(rb"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)", re.ASCII)


def log_lines(frames: Iterable[tuple[int, bytes]]) -> Iterator[LogLine]:
    """The lines in the messages of a log with times.

    A line that came in several messages has the time of the first of them, so that it comes whole when a log is asked
    for from there on.

    Raises:
        EngineUnreachable: the engine says that it cannot read further.
    """
    stdout, stderr = _Lines("stdout"), _Lines("stderr")
    for stream, message in frames:
        lines = stderr if stream == STDERR else stdout
        if lines.is_whole(message):
            yield LogLine(message[:_TIME_BYTES].decode(), text_of(message[_TIME_BYTES + 1 : -1]), lines.stream)
        else:
            yield from lines.take(message)
    yield from stdout.rest()
    yield from stderr.rest()


class _Lines:
    """The lines of one stream."""

    def __init__(self, stream: Literal["stdout", "stderr"]) -> None:
        self.stream = stream
        self._splitter = LineSplitter()
        self._begun = ""

    def is_whole(self, message: bytes) -> bool:
        """Whether a message is just one line, with a time in its usual form: nearly each one is, of very many."""
        is_timed = message[_TIME_BYTES - 1 : _TIME_BYTES + 1] == b"Z "
        return is_timed and not self._begun and message[-1:] == b"\n" and len(message) <= LONGEST_LINE

    def take(self, message: bytes) -> list[LogLine]:
        """The lines that a message completes: one or none, unless a log driver is peculiar."""
        time, _, text = message.partition(b" ")
        if not _TIME.fullmatch(time):
            raise EngineUnreachable(f"The log broke off: {text_of(message.strip())}.")
        self._begun = self._begun or time.decode()
        return self._told(self._splitter.feed(text))

    def rest(self) -> list[LogLine]:
        """What came after the last line break."""
        line = self._splitter.rest()
        return [] if line is None else self._told([line])

    def _told(self, lines: list[bytes]) -> list[LogLine]:
        if not lines:
            return []
        time, self._begun = self._begun, ""
        return [LogLine(time, text_of(line), self.stream) for line in lines]
