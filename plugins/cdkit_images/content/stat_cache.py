"""What was known of files when they were last read, so that they need not be read again.

A file counts as unchanged when its size, its inode and, to the nanosecond, its times of modification and of change are
what they were. No program can set the time of change. One gap is left, which git calls 'racily clean': a file can be
written twice within one tick of the file system's clock, with the same size. So what was changed a moment before it was
read is not remembered. https://git-scm.com/docs/racy-git
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import msgspec

from cdkit_images.content.whole_file import file_system_time, read_whole, write_whole

Stamp = tuple[int, int, int, int]
"""Size, time of modification, time of change, inode."""

MOMENT_NS = 2_000_000_000
"""The coarsest clocks of file systems have two seconds."""
MOST_FILES = 200_000
FORMAT = 1


class Known(msgspec.Struct, frozen=True):
    """A file that was read.

    Attributes:
        stamp: what the file system said of it; None when it changed meanwhile.
        digest: of its content.
    """

    stamp: Stamp | None
    digest: bytes


class _Stored(msgspec.Struct, frozen=True, array_like=True):
    format: int
    files: dict[str, tuple[int, int, int, int, bytes]]


def stamp_of(status: os.stat_result) -> Stamp:
    """What tells whether a file was changed."""
    return (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)


def legible(path: str) -> str:
    """A path as text that can be written anywhere: names of files may be bytes that are no text."""
    return path if path.isascii() else path.encode("utf-8", "backslashreplace").decode()


class StatCache:
    """The digests of the files of one context, kept in a file. Several processes may use it at once.

    One that cannot be read, or is of another version, is as good as none; one that cannot be written stays as it is.

    Args:
        path: the file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known = _read(path)
        self._learnt: dict[str, tuple[int, int, int, int, bytes]] = {}
        self._trust_before = 0

    def find(self, path: str, status: os.stat_result) -> bytes | None:
        """The digest of a file, when it is known to be as it was."""
        known = self._known.get(legible(path))
        if known is None or known[:4] != (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino):
            return None
        return known[4]

    def begin_to_learn(self) -> None:
        """Take the time, before files are read: what was changed a moment ago may be changed again unseen."""
        self._trust_before = file_system_time(self._path.parent) - MOMENT_NS

    def learn(self, files: Mapping[str, Known]) -> None:
        """Remember files that were read since `begin_to_learn`."""
        for path, known in files.items():
            stamp = known.stamp
            if stamp is not None and max(stamp[1], stamp[2]) < self._trust_before:
                self._learnt[legible(path)] = (*stamp, known.digest)
            else:
                self._known.pop(legible(path), None)

    def save(self) -> None:
        """Write down what was learnt, for later runs. The file is always a whole one, of some process."""
        if not self._learnt:
            return
        known = {**self._known, **self._learnt}
        # What was not asked for is of other builds of the context, or gone.
        files = known if len(known) <= MOST_FILES else self._learnt
        with suppress(OSError):
            write_whole(self._path, msgspec.msgpack.encode(_Stored(FORMAT, files)))


def _read(path: Path) -> dict[str, tuple[int, int, int, int, bytes]]:
    with suppress(msgspec.MsgspecError):
        stored = msgspec.msgpack.decode(read_whole(path), type=_Stored)
        return stored.files if stored.format == FORMAT else {}
    return {}
