"""Bytes that arrive in pieces become whole lines of text, of bounded length."""

from __future__ import annotations

LONGEST_LINE = 1 << 20
"""Bytes. A longer line is cut: nobody reads it, and it must not fill the memory or the journal."""


class LineSplitter:
    """Collects pieces and gives the lines that are complete, without their line breaks.

    Args:
        limit: the most bytes of a line that are kept; the rest is dropped and a note takes its place.
    """

    def __init__(self, limit: int = LONGEST_LINE) -> None:
        self._limit = limit
        self._held: list[bytes] = []
        self._size = 0
        self._dropped = 0

    def feed(self, piece: bytes) -> list[bytes]:
        """The lines that this piece completes."""
        first, *others = piece.split(b"\n")
        if not others:
            self._hold(first)
            return []
        rest = others.pop()
        others = [line if len(line) <= self._limit else self._complete(line) for line in others]
        lines = [self._complete(first), *others]
        self._hold(rest)
        return lines

    def rest(self) -> bytes | None:
        """What came after the last line break, when anything did."""
        return self._complete(b"") if self._size else None

    def _complete(self, end: bytes) -> bytes:
        if not self._size and len(end) <= self._limit:
            return end
        self._hold(end)
        line = b"".join(self._held)
        if self._dropped:
            line += b" [cut: %d more bytes]" % self._dropped
        self._held, self._size, self._dropped = [], 0, 0
        return line

    def _hold(self, piece: bytes) -> None:
        if not piece:
            return
        if self._size + len(piece) > self._limit:
            piece = self._make_room(piece)
        self._held.append(piece)
        self._size += len(piece)

    def _make_room(self, piece: bytes) -> bytes:
        """A progress bar that never ends its line writes over itself: only its last state is kept."""
        whole = b"".join(self._held) + piece
        state = whole[whole.rfind(b"\r", 0, -1) + 1 :]
        self._held, self._size = [], 0
        if state != whole:
            self._dropped = 0
        self._dropped += max(0, len(state) - self._limit)
        return state[: self._limit]


def text_of(line: bytes) -> str:
    r"""A line as a person would see it in a terminal, when a program wrote over it with `\r`.

    Bytes that are not UTF-8 become the replacement character.
    """
    if b"\r" in line:
        line = line.rstrip(b"\r").rpartition(b"\r")[2]
    return line.decode(errors="replace")
