"""Files of the checkout as a tar archive."""

from __future__ import annotations

import os
import stat
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from cdkit.api import InvalidInput, WorkFailed

PIECE = 1 << 20
"""Bytes that are read at once."""

END = bytes(2 * tarfile.BLOCKSIZE)


class _Member(msgspec.Struct, frozen=True, kw_only=True):
    """One member of an archive: the file or folder at a path, or a link to another member."""

    name: str
    path: Path = Path()
    link: str = ""


def pack(checkout: Path, source: str, *, name: str = "") -> Iterator[bytes]:
    """A file or folder of the checkout as a tar archive, piece by piece; no file is ever in memory as a whole.

    The members of a folder are relative to it; a file is one member by its own name. Their order is always the same,
    their modes are kept, and their owner is 0. A link to something within the archive stays one; any other gives its
    place to what it leads to.

    Args:
        checkout: the folder that nothing may come from outside of.
        source: relative to the checkout.
        name: what a single file is called in the archive; its own name when left out. Not for folders.

    Raises:
        InvalidInput: it is not there, leads out of the checkout, or is neither a file nor a folder; before the first
            piece is given.
        WorkFailed: a file cannot be read, or has changed meanwhile.
    """
    root, top = Path(os.path.realpath(checkout)), Path(os.path.realpath(checkout / source))
    walk = _Walk(root, top)
    try:
        walk.refuse_foreign(top, source)
        if top.is_dir():
            return _archive(list(walk.content(top, "", (top,))))
        walk.refuse_special(top, source)
        return _archive([_Member(name=name or Path(source).name, path=top)])
    except OSError as error:
        raise _unreadable(error) from error


class _Walk:
    """Finds the members of an archive. Paths that it is given and gives have no links in them.

    Args:
        root: the checkout.
        top: the folder that becomes the archive.
    """

    def __init__(self, root: Path, top: Path) -> None:
        self._root = root
        self._top = top

    def refuse_foreign(self, path: Path, told: str) -> None:
        """Refuse a path that is not there, or not in the checkout."""
        if not path.is_relative_to(self._root):
            message = f"{told!r} leads out of the checkout, to {str(path)!r}, and cannot be copied into the pod."
            raise InvalidInput(message)
        if not path.exists():
            raise InvalidInput(f"{told!r} is to be copied into the pod, and {str(path)!r} is not there.")

    def refuse_special(self, path: Path, told: str) -> None:
        """Refuse what is no plain file: a socket, a device, a fifo."""
        if not stat.S_ISREG(path.lstat().st_mode):
            raise InvalidInput(f"{told!r} is neither a file nor a folder, and cannot be copied into the pod.")

    def content(self, folder: Path, name: str, trail: tuple[Path, ...]) -> Iterator[_Member]:
        """What is in a folder, in the order of names.

        Args:
            folder: its path.
            name: its name in the archive, with a slash; empty for the archive itself.
            trail: the folders that we are in, so that a link back to one of them is seen.
        """
        for child in sorted(folder.iterdir()):
            yield from self._member(child, f"{name}{child.name}", trail)

    def _member(self, path: Path, name: str, trail: tuple[Path, ...]) -> Iterator[_Member]:
        told = str(path.relative_to(self._root))
        if path.is_symlink():
            path = Path(os.path.realpath(path))
            if path.is_relative_to(self._top):
                yield _Member(name=name, link=os.path.relpath(path.relative_to(self._top), Path(name).parent))
                return
            self.refuse_foreign(path, told)
            if any(folder.is_relative_to(path) for folder in trail):
                raise InvalidInput(f"{told!r} is a link to a folder that it is in, and cannot be copied into the pod.")
        if path.is_dir():
            yield _Member(name=name, path=path)
            yield from self.content(path, f"{name}/", (*trail, path))
        else:
            self.refuse_special(path, told)
            yield _Member(name=name, path=path)


def _archive(members: Iterable[_Member]) -> Iterator[bytes]:
    try:
        for member in members:
            yield from _link(member) if member.link else _file_or_folder(member)
    except OSError as error:
        raise _unreadable(error) from error
    yield END


def _link(member: _Member) -> Iterator[bytes]:
    info = tarfile.TarInfo(member.name)
    info.type, info.linkname, info.mode = tarfile.SYMTYPE, member.link, 0o777
    yield _header(info)


def _file_or_folder(member: _Member) -> Iterator[bytes]:
    descriptor = os.open(member.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        found = os.fstat(descriptor)
        info = tarfile.TarInfo(member.name)
        info.mode, info.mtime = stat.S_IMODE(found.st_mode) & 0o777, max(0, int(found.st_mtime))
        info.type, info.size = (tarfile.DIRTYPE, 0) if stat.S_ISDIR(found.st_mode) else (tarfile.REGTYPE, found.st_size)
        yield _header(info)
        yield from _content(descriptor, member.name, info.size)
    finally:
        os.close(descriptor)


def _content(descriptor: int, name: str, size: int) -> Iterator[bytes]:
    """So many bytes of a file, which may grow meanwhile, filled up to whole blocks."""
    left = size
    while left:
        piece = os.read(descriptor, min(PIECE, left))
        if not piece:
            raise WorkFailed(f"The file {name!r} became shorter while it was copied into the pod.")
        left -= len(piece)
        yield piece
    yield bytes(-size % tarfile.BLOCKSIZE)


def _header(info: tarfile.TarInfo) -> bytes:
    # busybox knows long names in the manner of GNU tar only, and Go's reader knows them, too.
    return info.tobuf(tarfile.GNU_FORMAT, "utf-8", "surrogateescape")


def _unreadable(error: OSError) -> WorkFailed:
    return WorkFailed(f"{error.filename!r} cannot be copied into the pod: {error.strerror}.")
