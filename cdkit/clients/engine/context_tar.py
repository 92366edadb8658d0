"""The build context as a tar archive that is never whole in memory.

The same files give the same bytes: they come in a fixed order, belong to nobody, and have the time that is asked for.
The engine's cache does not look at times, but the image keeps them.
"""

from __future__ import annotations

import os
import stat
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from cdkit.errors import WorkFailed
from cdkit.flow.cancellation import Cancellation
from cdkit.models.image_build import BuildRequest

HIDDEN_DOCKERFILE = ".dockerfile.cdkit"
"""The name of a Dockerfile that the build itself may not see."""

IGNORE_FILE = ".dockerignore"
PIECE_BYTES = 1 << 18

_TYPES = {stat.S_IFREG: tarfile.REGTYPE, stat.S_IFDIR: tarfile.DIRTYPE, stat.S_IFLNK: tarfile.SYMTYPE}


class ContextTar:
    """The archive for one build.

    Args:
        request: what is built.
        cancellation: stops the sending.

    Attributes:
        dockerfile: the Dockerfile's path in the archive.
    """

    def __init__(self, request: BuildRequest, cancellation: Cancellation) -> None:
        self._context = Path(request.context)
        self._source = Path(request.dockerfile)
        self._paths = _all_paths(self._context) if request.files is None else request.files
        self._epoch = request.epoch
        self._cancellation = cancellation
        inside = self._source.relative_to(self._context).as_posix() if self._is_inside() else ""
        self._is_hidden = inside not in self._paths
        self.dockerfile = HIDDEN_DOCKERFILE if self._is_hidden else inside

    def pieces(self) -> Iterator[bytes]:
        """The bytes, as they are asked for; small ones are put together, for each is a call of its own on the way.

        Raises:
            WorkFailed: a file cannot be read, or changed while it was read.
            CdkitError: the reason of the cancellation.
        """
        held = bytearray()
        for part in self._parts():
            held += part
            if len(held) >= PIECE_BYTES:
                yield bytes(held)
                held.clear()
        yield bytes(held)

    def _parts(self) -> Iterator[bytes]:
        for path in self._paths:
            if not (self._is_hidden and path == IGNORE_FILE):
                yield from self._entry(path, self._context / path)
        if self._is_hidden:
            yield from self._entry(HIDDEN_DOCKERFILE, self._source)
            yield from self._ignore_file()
        yield bytes(2 * tarfile.BLOCKSIZE)

    def _is_inside(self) -> bool:
        return self._source.is_relative_to(self._context)

    def _ignore_file(self) -> Iterator[bytes]:
        """A .dockerignore by which the engine takes the hidden Dockerfile away before it builds, as for `docker build`.

        One that the build may see keeps its text and gets a line more; one that it may not see goes away too.
        """
        hidden = HIDDEN_DOCKERFILE.encode() + b"\n"
        if IGNORE_FILE in self._paths:
            content = (self._context / IGNORE_FILE).read_bytes() + b"\n" + hidden
        else:
            content = IGNORE_FILE.encode() + b"\n" + hidden
        info = self._info(IGNORE_FILE, stat.S_IFREG | 0o644)
        info.size = len(content)
        yield _header(info)
        yield content + _padding(len(content))

    def _entry(self, name: str, path: Path) -> Iterator[bytes]:
        self._cancellation.raise_if_cancelled()
        try:
            status = path.lstat()
            info = self._info(name, status.st_mode)
            if stat.S_ISLNK(status.st_mode):
                info.linkname = str(path.readlink())
            if not info.isreg():
                yield _header(info)
                return
            with path.open("rb") as file:
                info.size = os.fstat(file.fileno()).st_size
                yield _header(info)
                yield from self._content(file, info)
        except OSError as error:
            raise _unreadable(path, error) from error

    def _content(self, file: BinaryIO, info: tarfile.TarInfo) -> Iterator[bytes]:
        left = info.size
        while left:
            self._cancellation.raise_if_cancelled()
            piece = file.read(min(left, PIECE_BYTES))
            if not piece:
                raise WorkFailed(
                    f"{info.name} in the build context became shorter while it was sent.",
                    remedy="Do not change the files of a build while it runs.",
                )
            left -= len(piece)
            yield piece
        yield _padding(info.size)

    def _info(self, name: str, mode: int) -> tarfile.TarInfo:
        info = tarfile.TarInfo(name)
        info.type = _TYPES[stat.S_IFMT(mode)]
        info.mode = stat.S_IMODE(mode)
        info.mtime = self._epoch
        return info


def _all_paths(context: Path) -> tuple[str, ...]:
    found = [path for path in context.rglob("*") if stat.S_IFMT(path.lstat().st_mode) in _TYPES]
    return tuple(path.relative_to(context).as_posix() for path in sorted(found))


def _header(info: tarfile.TarInfo) -> bytes:
    return info.tobuf(tarfile.PAX_FORMAT, errors="surrogateescape")


def _padding(size: int) -> bytes:
    return bytes(-size % tarfile.BLOCKSIZE)


def _unreadable(path: Path, error: OSError) -> WorkFailed:
    return WorkFailed(
        f"{path} cannot be sent to the engine: {error.strerror}.",
        remedy="Make the file readable, or leave it out with .dockerignore.",
    )
