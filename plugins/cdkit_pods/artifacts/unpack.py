"""A tar archive that nobody vouches for, as files of a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How much may come out of one archive; what is more is refused."""

    files: int = 200_000
    size: int = 16 << 30


class Unpacked(msgspec.Struct, frozen=True, kw_only=True):
    """What has come out of an archive.

    Attributes:
        files: how many.
        size: their bytes.
        refused: how many members were left out.
    """

    files: int = 0
    size: int = 0
    refused: int = 0


def unpack(
    archive: Iterable[bytes],
    folder: Path,
    *,
    warn: Callable[[str], None],
    on_progress: Callable[[int], None] = lambda size: None,
    limits: Limits = Limits(),  # noqa: B008 -- frozen
) -> Unpacked:
    """Write the files of an archive into a folder, and nothing outside of it, in constant memory.

    Args:
        archive: the archive's bytes, which nobody vouches for.
        folder: is made when it is not there.
        warn: hears of every member that is refused, by name; the rest comes out.
        on_progress: hears how many bytes have come out so far.
        limits: how much may come out.

    Raises:
        WorldFailed: it is no archive, or has an early end.
    """
    raise NotImplementedError
