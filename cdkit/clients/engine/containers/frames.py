"""The engine's way to send two streams on one connection.

https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerAttach (stream format)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from struct import Struct

_HEADER = Struct(">BxxxL")

STDOUT, STDERR = 1, 2


def frames(pieces: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    """The frames in what comes in pieces of any size: of which stream, and what it holds.

    What is left at the end is an incomplete frame, of which the engine has not sent the rest.
    """
    held = b""
    for piece in pieces:
        held = held + piece if held else piece
        start, end = 0, len(held)
        while end - start >= _HEADER.size:
            stream, size = _HEADER.unpack_from(held, start)
            begin = start + _HEADER.size
            if end - begin < size:
                break
            start = begin + size
            yield stream, held[begin:start]
        held = held[start:]
