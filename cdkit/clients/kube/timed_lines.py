"""Lines of a container's log with the times that the kubelet writes before them (`timestamps=true`). Pure.

https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#get-read-log-of-the-specified-pod
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from cdkit.clients.lines import LineSplitter, text_of
from cdkit.models.container import LogLine

CHUNK_BYTES = 1 << 14
"""Runtimes write longer lines in several entries, and older kubelets put a time before each of them.

https://github.com/kubernetes/kubernetes/issues/77603
"""

MARGIN = timedelta(seconds=1)
"""How much earlier than a log is to be resumed the server is asked for: two streams may be written a little out of
order, and what the server leaves out cannot be put back."""

_STAMP = re.compile(rb"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d) ")
_DAY = len("2026-01-02T")
_SECONDS = len("2026-01-02T03:04:05")
_UTC = len("2026-01-02T03:04:05.000000000Z")


class TimedLines:
    """Makes lines of a log's pieces. Their times never run backwards, so that the last one is a place to go on from.

    A line that was written before the one above it, by the other stream of its container, gets the time of that one;
    and again when the log is resumed from there, so that whoever counts the lines of the last time misses none.

    Args:
        since: leave out what is before the first line of this time or later; empty for nothing.
    """

    def __init__(self, since: str = "") -> None:
        self._splitter = LineSplitter()
        self._last = _utc_of(since)
        self._awaited = self._last
        """The time before which lines are left out, until the first that is not."""
        self._day = ""
        """With what the last time began, `2026-01-02T`, when such times need no further reading."""

    def feed(self, piece: bytes) -> list[LogLine]:
        """The lines that this piece completes."""
        return [read for line in self._splitter.feed(piece) if (read := self._read(line))]

    def rest(self) -> list[LogLine]:
        """What the container wrote behind its last line break; only for a log that came to its end."""
        line = self._splitter.rest()
        read = None if line is None else self._read(line)
        return [read] if read else []

    def _read(self, line: bytes) -> LogLine | None:
        # Nearly every line is like the one above it, and there may be hundreds of thousands.
        text = line.decode(errors="replace")
        is_alike = text[:_DAY] == self._day and text[_UTC - 1 : _UTC + 1] == "Z "
        if not is_alike or len(line) > CHUNK_BYTES or "\r" in text:
            return self._read_slowly(line)
        self._last = max(text[:_UTC], self._last)
        return LogLine(self._last, text[_UTC + 1 :])

    def _read_slowly(self, line: bytes) -> LogLine | None:
        match = _STAMP.match(line)
        if match is None:
            # The kubelet's own words, when it cannot read on: of the time of what it said before.
            return None if self._awaited else LogLine(self._last, text_of(line))
        time = _utc(match)
        if self._awaited and time < self._awaited:
            return None
        self._awaited = ""
        self._day = time[:_DAY] if line.startswith(time.encode()) else ""
        self._last = max(time, self._last)
        text = line[match.end() :]
        return LogLine(self._last, text_of(text if len(text) <= CHUNK_BYTES else _joined(text)))


def asked_since(since: str) -> str | None:
    """The time to ask a server for that gives all lines of a time and later: it knows whole seconds only."""
    time = _utc_of(since)
    return f"{(datetime.fromisoformat(time[:_SECONDS]) - MARGIN).isoformat()}Z" if time else None


def _joined(text: bytes) -> bytes:
    """A long line without the times that stand before its further chunks, where there are any."""
    chunks, rest = [text[:CHUNK_BYTES]], text[CHUNK_BYTES:]
    while rest:
        match = _STAMP.match(rest)
        if match is None:
            return text
        chunks.append(rest[match.end() : match.end() + CHUNK_BYTES])
        rest = rest[match.end() + CHUNK_BYTES :]
    return b"".join(chunks)


def _utc_of(time: str) -> str:
    match = _STAMP.match(f"{time} ".encode())
    return _utc(match) if match else ""


def _utc(match: re.Match[bytes]) -> str:
    """A time in UTC and with nine digits: such ones are ordered as texts are. containerd writes local time."""
    seconds, fraction, zone = (group.decode() for group in match.groups(b""))
    if zone != "Z":
        seconds = datetime.fromisoformat(seconds + zone).astimezone(UTC).isoformat()[:_SECONDS]
    return f"{seconds}.{fraction:0<9}Z"
