"""Files of fake containers, and of the volumes that they share."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterable, Iterator, Mapping

from cdkit.models.container import ContainerRequest

Tree = dict[str, bytes]
"""Contents by absolute path."""


class FakeFiles:
    """The files of one container: its own, and those of the volumes that are mounted in it.

    Args:
        mounts: the volumes, by the path where they are mounted.
    """

    def __init__(self, mounts: Mapping[str, Tree]) -> None:
        self._own: Tree = {}
        self._mounts = dict(mounts)

    @classmethod
    def of(cls, request: ContainerRequest, volumes: Mapping[str, Tree]) -> FakeFiles:
        """The files of a container that is made."""
        return cls({mount.path: volumes[mount.volume] for mount in request.mounts})

    def write(self, path: str, content: bytes) -> None:
        """Write a file."""
        tree, inner = self._place(path)
        tree[inner] = content

    def read(self, path: str) -> dict[str, bytes]:
        """The content of a file, or of all files below a folder, by paths relative to it."""
        folder = path.removesuffix("/.").rstrip("/")
        found = {name: content for name, content in self._all() if name == folder or name.startswith(f"{folder}/")}
        return {name[len(folder) :].lstrip("/"): content for name, content in found.items()}

    def has(self, path: str) -> bool:
        """Whether there is a file or folder of this path."""
        folder = path.removesuffix("/.").rstrip("/")
        return folder in ("", *self._mounts) or bool(self.read(path))

    def _all(self) -> Iterator[tuple[str, bytes]]:
        yield from self._own.items()
        for mount, tree in self._mounts.items():
            for name, content in tree.items():
                yield f"{mount}{name}", content

    def _place(self, path: str) -> tuple[Tree, str]:
        for mount, tree in self._mounts.items():
            if path.startswith(f"{mount}/"):
                return tree, path[len(mount) :]
        return self._own, path


def packed(files: Mapping[str, bytes], folder: str) -> bytes:
    """A tar archive.

    Args:
        files: contents by paths relative to `folder`; an empty path is `folder` itself, as a file.
        folder: the first part of the members' names.
    """
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        if "" not in files:
            top = tarfile.TarInfo(folder)
            top.type = tarfile.DIRTYPE
            tar.addfile(top)
        for name, content in files.items():
            member = tarfile.TarInfo(f"{folder}/{name}" if name else folder)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return archive.getvalue()


def unpacked(archive: Iterable[bytes]) -> dict[str, bytes]:
    """The files in a tar archive, by their names."""
    with tarfile.open(fileobj=io.BytesIO(b"".join(archive))) as tar:
        return {
            member.name.removeprefix("./"): content.read()
            for member in tar
            if member.isfile() and (content := tar.extractfile(member)) is not None
        }
