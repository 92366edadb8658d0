"""The engine's way to send two streams on one connection.

https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerAttach (stream format)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from struct import Struct

_HEADER = Struct(">BxxxL")

STDOUT, STDERR = 1, 2

Frame = tuple[int, bytes]
"""Of which stream, and what it holds."""


def frames(pieces: Iterable[bytes]) -> Iterator[list[Frame]]:
    """The frames in what comes in pieces of any size: those that a piece completes, for each that completes any.

    What is left at the end is an incomplete frame, of which the engine has not sent the rest.
    """
    held = b""
    for piece in pieces:
        held = held + piece if held else piece
        found, rest = _split(held)
        held = held[rest:]
        if found:
            yield found


def _split(held: bytes) -> tuple[list[Frame], int]:
    """The whole frames at the beginning, and where what follows them begins."""
    found: list[Frame] = []
    start, end, size_of_header, unpack = 0, len(held), _HEADER.size, _HEADER.unpack_from
    while end - start >= size_of_header:
        stream, size = unpack(held, start)
        begin = start + size_of_header
        if end - begin < size:
            break
        start = begin + size
        found.append((stream, held[begin:start]))
    return found, start
