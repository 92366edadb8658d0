"""An archive that is read to its end although the connection breaks in between."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

from cdkit.api import Unavailable, WorldFailed

ATTEMPTS = 5
"""How often in a row a connection may break without anything having come through it."""

FIRST_PAUSE = 0.5
"""Seconds before the second attempt; each further pause is twice as long."""


def whole(read: Callable[[], Iterator[bytes]], pause: Callable[[float], None]) -> Iterator[bytes]:
    """The pieces of an archive; after a break it is asked for again, and goes on where it broke off.

    Args:
        read: asks for the archive from its beginning.
        pause: waits so many seconds.

    Raises:
        Unavailable: it breaks again and again.
        WorldFailed: it is another one after a break: somebody writes into the folder.
    """
    digest, given, failures = hashlib.sha256(), 0, 0
    while True:
        before = given
        try:
            for piece in _rest(read(), given, digest.digest()):
                digest.update(piece)
                given += len(piece)
                yield piece
        except Unavailable:
            failures = 1 if given > before else failures + 1
            if failures >= ATTEMPTS:
                raise
        else:
            return
        pause(FIRST_PAUSE * 2 ** (failures - 1))


def _rest(pieces: Iterator[bytes], given: int, digest: bytes) -> Iterator[bytes]:
    """What follows the part that was given already, which must be the same."""
    seen, left = hashlib.sha256(), given
    for piece in pieces:
        known, rest = piece[:left], piece[left:]
        seen.update(known)
        left -= len(known)
        if not left and seen.digest() != digest:
            break
        if rest:
            yield rest
    if left or seen.digest() != digest:
        message = "A shared folder of the pod changed while it was read, and the connection broke in between."
        raise WorldFailed(message, remedy="Run again; let no service write into a folder of artifacts at the end.")
