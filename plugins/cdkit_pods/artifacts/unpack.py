"""A tar archive that nobody vouches for, as files of a folder."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec

from cdkit.api import WorldFailed
from cdkit_pods.artifacts.tar_reader import Member, TarReader
from cdkit_pods.artifacts.target_folder import Occupied, Parts, TargetFolder

MOST_WARNINGS = 20
"""Members that are named when they are refused; of more, only the number is told."""

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EMFILE, errno.ENFILE})
"""What makes every further file fail, too."""


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How much may come out of one archive; what is more is refused.

    Attributes:
        members: files, folders and links.
        size: bytes.
    """

    members: int = 200_000
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


GENEROUS = Limits()


def unpack(
    archive: Iterable[bytes],
    folder: Path,
    *,
    warn: Callable[[str], None],
    on_progress: Callable[[int], None] | None = None,
    limits: Limits = GENEROUS,
) -> Unpacked:
    """Write the files of an archive into a folder, and nothing outside of it, in constant memory.

    What is refused is told by name, and the rest comes out: names with `..` and absolute ones, devices, fifos, and
    links that lead out of the folder. A symbolic link within the folder stays one, for reports have links such as
    `latest`; but nothing is ever written through a link. A hard link becomes one to the file that came out before. Of
    the modes, set-user-id and the like are dropped, and the right to write of all but the owner.

    Args:
        archive: the archive's bytes, which nobody vouches for.
        folder: is made when it is not there. What stands there gives way to files of the same name.
        warn: hears of every member that is refused.
        on_progress: hears how many bytes have come out so far.
        limits: how much may come out.

    Raises:
        WorldFailed: it is no archive, or ends too early; or there is no room for the files.
        CdkitError: what the archive's pieces raise.
    """
    reader = TarReader(archive)
    with TargetFolder(folder) as target:
        unpacking = _Unpacking(reader, target, limits, warn, on_progress or _ignore)
        for member in reader.members():
            unpacking.take(member)
    return unpacking.finish()


class _Refused(Exception):
    """A member is left out; the message says why."""


class _Unpacking:
    """Writes members, and counts."""

    def __init__(
        self,
        reader: TarReader,
        target: TargetFolder,
        limits: Limits,
        warn: Callable[[str], None],
        on_progress: Callable[[int], None],
    ) -> None:
        self._reader = reader
        self._target = target
        self._limits = limits
        self._warn = warn
        self._on_progress = on_progress
        self._members = 0
        self._files = 0
        self._size = 0
        self._refused = 0

    def take(self, member: Member) -> None:
        """Make what a member is, or say why not."""
        self._members += 1
        try:
            self._make(member)
        except (_Refused, Occupied) as refusal:
            self._refuse(member, str(refusal))
        except OSError as error:
            if error.errno in _NO_ROOM:
                raise WorldFailed(f"{member.name!r} cannot be written: {error.strerror}.") from error
            self._refuse(member, error.strerror or "it cannot be written")
        except ValueError:
            self._refuse(member, "its name or its target is none for a file system")

    def finish(self) -> Unpacked:
        """What came out."""
        if self._refused > MOST_WARNINGS:
            self._warn(f"{self._refused - MOST_WARNINGS} more were left out.")
        return Unpacked(files=self._files, size=self._size, refused=self._refused)

    def _make(self, member: Member) -> None:
        if self._members > self._limits.members:
            raise _Refused(f"there are more than {self._limits.members} members")
        match member.kind:
            case "folder":
                self._target.make_folder(_parts(member.name))
            case "file":
                self._file(member, _file_parts(member.name))
            case "link":
                parts = _file_parts(member.name)
                self._target.make_link(parts, _safe_target(member.link, parts))
            case "hard link":
                self._target.make_hard_link(_file_parts(member.name), _file_parts(member.link))
            case kind:
                raise _Refused(f"it is {kind}")

    def _file(self, member: Member, parts: Parts) -> None:
        if self._size + member.size > self._limits.size:
            raise _Refused(f"all files together would have more than {self._limits.size} bytes")
        mode = (member.mode & 0o755) | 0o600
        self._target.make_file(parts, self._counted(), mode=mode, time=member.time)
        self._files += 1

    def _counted(self) -> Iterator[memoryview]:
        for piece in self._reader.content():
            yield piece
            self._size += len(piece)
            self._on_progress(self._size)

    def _refuse(self, member: Member, why: str) -> None:
        self._refused += 1
        if self._refused <= MOST_WARNINGS:
            self._warn(f"{member.name!r} was left out: {why}.")


def _parts(name: str) -> Parts:
    """A name as a path below the folder; empty for the folder itself."""
    if name.startswith("/"):
        raise _Refused("its path is absolute")
    parts = tuple(part for part in name.split("/") if part not in {"", "."})
    if ".." in parts:
        raise _Refused("its path leads out of the folder")
    return parts


def _file_parts(name: str) -> Parts:
    """A name as a path below the folder, which is not the folder itself."""
    parts = _parts(name)
    if not parts:
        raise _Refused("its path is that of the folder itself")
    return parts


def _safe_target(link: str, parts: Parts) -> str:
    """What a link leads to, when that is within the folder.

    Upwards it may lead at its beginning only. Behind another link, a `..` could leave the folder although the path as
    it is written does not; so, whatever else is a link, each one leads to a place within.
    """
    target = [part for part in link.split("/") if part not in {"", "."}]
    upwards = next((count for count, part in enumerate(target) if part != ".."), len(target))
    if not link or link.startswith("/") or upwards >= len(parts) or ".." in target[upwards:]:
        raise _Refused(f"it is a link to {link!r}, which leads out of the folder")
    return link


def _ignore(_: int) -> None:
    return
