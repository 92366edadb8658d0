"""Makes files below a folder, and never outside of it: no link on the way is ever followed."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

Parts = tuple[str, ...]
"""A path below the folder: names without slashes, none of them `.` or `..`."""

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class Occupied(Exception):
    """Something stands in the way; the message says what, as in `a folder of that name is there`."""


class TargetFolder:
    """A folder that gets files. What is there already gives way, but for folders. For one thread.

    All methods raise `Occupied`, and OSError when the file system refuses.

    Args:
        path: is made when it is not there.
    """

    def __init__(self, path: Path) -> None:
        path.mkdir(parents=True, exist_ok=True)
        self._root = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self._near: tuple[Parts, int] = ((), self._root)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leave()
        os.close(self._root)

    def make_folder(self, parts: Parts) -> None:
        """Make a folder, and those above it."""
        self._folder(parts)

    def make_file(self, parts: Parts, content: Iterable[bytes | memoryview], *, mode: int, time: float) -> None:
        """Make a file. One that does not become whole is removed again."""
        parent, name = self._room(parts)
        descriptor = os.open(name, _NEW_FILE, 0o600, dir_fd=parent)
        try:
            with os.fdopen(descriptor, "wb", buffering=0) as file:
                for piece in content:
                    _write(file.fileno(), piece)
                os.fchmod(file.fileno(), mode)
                with suppress(OverflowError, ValueError, OSError):
                    os.utime(file.fileno(), (time, time))
        except BaseException:
            os.unlink(name, dir_fd=parent)
            raise

    def make_link(self, parts: Parts, target: str) -> None:
        """Make a symbolic link, wherever it leads."""
        parent, name = self._room(parts)
        os.symlink(target, name, dir_fd=parent)

    def make_hard_link(self, parts: Parts, other: Parts) -> None:
        """Give a file that is here already another name."""
        source = self._open(other[:-1], make=False)
        try:
            if not stat.S_ISREG(os.stat(other[-1], dir_fd=source, follow_symlinks=False).st_mode):
                raise Occupied("what it leads to is no file")
            if parts != other:
                parent, name = self._room(parts)
                os.link(other[-1], name, src_dir_fd=source, dst_dir_fd=parent, follow_symlinks=False)
        finally:
            os.close(source)

    def _room(self, parts: Parts) -> tuple[int, str]:
        """The folder and the name of something new; what had that name is removed."""
        parent, name = self._folder(parts[:-1]), parts[-1]
        try:
            os.unlink(name, dir_fd=parent)
        except FileNotFoundError:
            pass
        except IsADirectoryError as error:
            raise Occupied("a folder of that name is there") from error
        return parent, name

    def _folder(self, parts: Parts) -> int:
        """An open folder, made when it is not there; valid until another one is asked for."""
        if self._near[0] != parts:
            opened = self._open(parts, make=True)
            self._leave()
            self._near = (parts, opened)
        return self._near[1]

    def _open(self, parts: Parts, *, make: bool) -> int:
        place = os.dup(self._root)
        try:
            for name in parts:
                below = _enter(place, name, make=make)
                os.close(place)
                place = below
        except BaseException:
            os.close(place)
            raise
        return place

    def _leave(self) -> None:
        if self._near[1] != self._root:
            os.close(self._near[1])
        self._near = ((), self._root)


def _enter(place: int, name: str, *, make: bool) -> int:
    """Open a folder within an open one."""
    if make:
        with suppress(FileExistsError):
            os.mkdir(name, 0o755, dir_fd=place)
    try:
        return os.open(name, _FOLDER, dir_fd=place)
    except OSError as error:
        if error.errno in {errno.ENOTDIR, errno.ELOOP}:
            raise Occupied(f"{name!r}, which it is in, is no folder") from error
        raise


def _write(descriptor: int, piece: bytes | memoryview) -> None:
    left = memoryview(piece)
    while left:
        left = left[os.write(descriptor, left) :]
