"""The lines of a container's log, out of the engine's messages.

The engine keeps a line of more than 16 KiB as several messages, each with its own time, of which only the last ends
with a line break.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from cdkit.clients.engine.containers.frames import STDERR, Frame
from cdkit.clients.lines import LONGEST_LINE, LineSplitter, text_of
from cdkit.errors import EngineUnreachable
from cdkit.models.container import LogLine

_TIME_LENGTH = len("2026-01-31T12:00:00.123456789Z")
_TIME = re.compile(rb"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)", re.ASCII)


def log_lines(batches: Iterable[Sequence[Frame]]) -> Iterator[list[LogLine]]:
    """The lines in the messages of a log with times, in the batches in which these come.

    A line that came in several messages has the time of the first of them, so that it comes whole when a log is asked
    for from there on.

    Raises:
        EngineUnreachable: the engine says that it cannot read further.
    """
    stdout, stderr = _Lines("stdout"), _Lines("stderr")
    for messages in batches:
        found: list[LogLine] = []
        try:
            for stream, message in messages:
                found += (stderr if stream == STDERR else stdout).take(message)
        except EngineUnreachable:
            if found:
                yield found
            raise
        if found:
            yield found
    if rest := [*stdout.rest(), *stderr.rest()]:
        yield rest


class _Lines:
    """The lines of one stream."""

    def __init__(self, stream: Literal["stdout", "stderr"]) -> None:
        self._stream = stream
        self._splitter = LineSplitter()
        self._begun = ""

    def take(self, message: bytes) -> Sequence[LogLine]:
        """The lines that a message completes: one or none, unless a log driver is peculiar."""
        # Nearly each message, of very many, is just one line with a time in its usual form.
        text = message.decode(errors="replace")
        is_timed = text[_TIME_LENGTH - 1 : _TIME_LENGTH + 1] == "Z "
        if is_timed and not self._begun and text[-1] == "\n" and "\r" not in text and len(message) <= LONGEST_LINE:
            return (LogLine(text[:_TIME_LENGTH], text[_TIME_LENGTH + 1 : -1], self._stream),)
        return self._take_part(message)

    def _take_part(self, message: bytes) -> list[LogLine]:
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
        return [LogLine(time, text_of(line), self._stream) for line in lines]
