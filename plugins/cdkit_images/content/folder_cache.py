"""What was known of the files of a context when they were last read, so that they need not be read again.

A file counts as unchanged when its mode, its size, its inode and, to the nanosecond, its times of modification and of
change are what they were. No program can set the time of change. One gap is left, which git calls 'racily clean': a
file can be written twice within one tick of the file system's clock, with the same size. So what was changed a moment
before it was read is not remembered. https://git-scm.com/docs/racy-git

Folders are kept whole, each as a few long values, so that one that is as it was costs one comparison and not one for
each of its files.
"""

from __future__ import annotations

import os
from array import array
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from cdkit_images.content.whole_file import file_system_time, read_whole, write_whole

SEPARATOR = "\0"
"""Between the names of a folder: no name can hold it."""
STAMP_FIELDS = 5
STAMP_BYTES = STAMP_FIELDS * 8
UNKNOWN = bytes(STAMP_BYTES)
"""The stamp of what is not to be believed; no file has it, for none has the inode 0."""

MOMENT_NS = 2_000_000_000
"""The coarsest clocks of file systems have two seconds."""
MOST_FOLDERS = 100_000
FORMAT = 1

_BITS = (1 << 63) - 1


class KnownFolder(msgspec.Struct, frozen=True, array_like=True):
    """A folder of the context, when it was last read.

    Attributes:
        names: what is in it, in order, with a separator between them.
        stamps: for each what tells whether it was changed: numbers of 8 bytes.
        facts: for each what it is, with a separator between them.
    """

    names: str
    stamps: bytes
    facts: str


class _Stored(msgspec.Struct, frozen=True, array_like=True):
    format: int
    folders: dict[str, KnownFolder]


class FolderCache:
    """The folders of one context, kept in a file. Several processes may use it at once.

    One that cannot be read, or is of another version, is as good as none; one that cannot be written stays as it is.

    Args:
        path: the file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known = _read(path)
        self._learnt: dict[str, KnownFolder] = {}

    def find(self, folder: str) -> KnownFolder | None:
        """What is known of a folder."""
        return self._known.get(folder)

    def now(self) -> int:
        """The time by the clock of the file system, in nanoseconds; to be taken before anything is read."""
        return file_system_time(self._path.parent)

    def learn(self, folder: str, known: KnownFolder) -> None:
        """Remember a folder."""
        self._learnt[folder] = known

    def save(self) -> None:
        """Write down what was learnt, for later runs. The file is always a whole one, of some process."""
        if not self._learnt:
            return
        known = {**self._known, **self._learnt}
        # What was not asked for is of other builds of the context, or gone.
        folders = known if len(known) <= MOST_FOLDERS else self._learnt
        with suppress(OSError):
            write_whole(self._path, msgspec.msgpack.encode(_Stored(FORMAT, folders)))


def stamps_of(stats: Sequence[os.stat_result]) -> bytes:
    """What tells whether things were changed: mode, size, inode, time of modification and of change of each."""
    return array(
        "q",
        [
            number
            for each in stats
            for number in (
                each.st_mode,
                each.st_size,
                each.st_ino & _BITS,
                each.st_mtime_ns,
                each.st_ctime_ns,
            )
        ],
    ).tobytes()


def stamp_to_keep(status: os.stat_result, now: int) -> bytes:
    """The stamp of something that was read, or `UNKNOWN` when it might be changed once more without a trace.

    Args:
        status: what the file system said of it.
        now: the time when the reading began.
    """
    is_old = max(status.st_mtime_ns, status.st_ctime_ns) < now - MOMENT_NS
    return stamps_of([status]) if is_old else UNKNOWN


def _read(path: Path) -> Mapping[str, KnownFolder]:
    with suppress(msgspec.MsgspecError):
        stored = msgspec.msgpack.decode(read_whole(path), type=_Stored)
        return stored.folders if stored.format == FORMAT else {}
    return {}
