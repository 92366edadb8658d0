"""The content of an answer in chunks: a log has one a line, and `http.client` takes its time for each.

https://www.rfc-editor.org/rfc/rfc9112#name-chunked-transfer-coding
"""

from __future__ import annotations

from http.client import HTTPException

LARGEST_CHUNK = 1 << 24
"""Bytes. The engine's are a thousand times smaller; more would fill the memory."""

_BREAK = b"\r\n"


class Chunks:
    """Takes apart what comes in pieces of any size.

    Attributes:
        is_complete: whether the last chunk has come.
    """

    def __init__(self) -> None:
        self.is_complete = False
        self._held = b""

    def feed(self, piece: bytes) -> bytes:
        """The content of all chunks that this piece completes.

        Raises:
            HTTPException: what comes is no chunk, or too large a one.
        """
        held = self._held + piece if self._held else piece
        content, position = [], 0
        while not self.is_complete and (line_end := held.find(_BREAK, position)) >= 0:
            size = _size(held[position:line_end])
            begin = line_end + len(_BREAK)
            end = begin + size
            if len(held) < end + len(_BREAK):
                break
            content.append(held[begin:end])
            position = end + len(_BREAK)
            self.is_complete = size == 0
        self._held = held[position:]
        if len(self._held) > LARGEST_CHUNK:
            raise HTTPException(f"a chunk of more than {LARGEST_CHUNK} bytes")
        return b"".join(content)


def _size(line: bytes) -> int:
    try:
        return int(line.partition(b";")[0], 16)
    except ValueError as error:
        raise HTTPException(f"no size of a chunk: {line[:40]!r}") from error
