"""What the files, folders and links of a context are: their kind, their mode and their content, folder by folder."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from cdkit.api import Cancellation, InvalidInput
from cdkit_images.content.file_digests import FileDigest, FileToRead, file_digests
from cdkit_images.content.fingerprint import FolderFacts
from cdkit_images.content.folder_cache import (
    SEPARATOR,
    STAMP_BYTES,
    UNKNOWN,
    FolderCache,
    KnownFolder,
    stamp_to_keep,
    stamps_of,
)
from cdkit_images.content.git_folder import FOLDER, git_facts
from cdkit_images.context import ContextFolder, kind_of

FILE_BITS = 0o7755
"""Modes count but for the right to write of the group and of others, which is where the umasks of two clones differ."""
FOLDER_BITS = 0o755
"""Of a folder neither the bits that it inherits from the one above."""


def read_folders(
    context: Path, folders: Sequence[ContextFolder], cache: FolderCache, cancellation: Cancellation
) -> dict[str, FolderFacts]:
    """What is in each folder, by its path; read in full, unless it is known to be as it was.

    Args:
        context: the folder of the context.
        folders: what of it the build can see.
        cache: what is known of it; learns what is read.
        cancellation: ends the reading.

    Raises:
        InvalidInput: something cannot be read.
    """
    in_git = _git(context, folders)
    if in_git is not None:
        folders = list(_without_git(folders))
    found: dict[str, FolderFacts] = {}
    changed: list[_ChangedFolder] = []
    for folder in folders:
        names, stamps = legible(SEPARATOR.join(folder.names)), stamps_of(folder.stats)
        known = cache.find(legible(folder.path))
        if known is not None and known.names == names and known.stamps == stamps:
            found[legible(folder.path)] = FolderFacts(known.names, known.facts)
        else:
            changed.append(_ChangedFolder(folder, names, stamps, known))
    if changed:
        now = cache.now()
        unread = [file for each in changed for file in each.files_to_read()]
        digests = file_digests(context, unread, cancellation)
        for each in changed:
            known = each.read(context, digests, now)
            cache.learn(legible(each.folder.path), known)
            found[legible(each.folder.path)] = FolderFacts(known.names, known.facts)
    return found if in_git is None else {**found, FOLDER: in_git}


class _ChangedFolder:
    """A folder that is not as it was; most of what is in it may be.

    Args:
        folder: as it is.
        names: of what is in it, in one text.
        stamps: of what is in it.
        known: what is known of it.
    """

    def __init__(self, folder: ContextFolder, names: str, stamps: bytes, known: KnownFolder | None) -> None:
        self.folder = folder
        self._names = names
        self._stamps = [stamps[at : at + STAMP_BYTES] for at in range(0, len(stamps), STAMP_BYTES)]
        self._kept = dict(self._kept_of(known)) if known else {}

    def files_to_read(self) -> Iterable[FileToRead]:
        """The files that are not known to be as they were."""
        for name, status in zip(self.folder.names, self.folder.stats, strict=True):
            if name not in self._kept and stat.S_ISREG(status.st_mode):
                yield FileToRead(self._path(name), status)

    def read(self, context: Path, digests: Mapping[str, FileDigest], now: int) -> KnownFolder:
        """What is in it now.

        Args:
            context: the folder of the context.
            digests: of the files to read, by path.
            now: the time when the reading began.
        """
        facts, stamps = [], []
        for name, status in zip(self.folder.names, self.folder.stats, strict=True):
            path = self._path(name)
            facts.append(self._kept.get(name) or _fact(context / path, status, digests.get(path)))
            is_certain = path not in digests or digests[path].is_certain
            stamps.append(stamp_to_keep(status, now) if is_certain else UNKNOWN)
        return KnownFolder(self._names, b"".join(stamps), SEPARATOR.join(facts))

    def _kept_of(self, known: KnownFolder) -> Iterable[tuple[str, str]]:
        before = {
            name: (known.stamps[place * STAMP_BYTES : (place + 1) * STAMP_BYTES], fact)
            for place, (name, fact) in enumerate(
                zip(known.names.split(SEPARATOR), known.facts.split(SEPARATOR), strict=True)
            )
        }
        for name, stamp in zip(self.folder.names, self._stamps, strict=True):
            old, fact = before.get(legible(name), (UNKNOWN, ""))
            if old == stamp:
                yield name, fact

    def _path(self, name: str) -> str:
        return f"{self.folder.path}/{name}" if self.folder.path else name


def legible(text: str) -> str:
    """Text that can be written anywhere: names of files may be bytes that are no text."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def _fact(path: Path, status: os.stat_result, read: FileDigest | None) -> str:
    mode = stat.S_IMODE(status.st_mode)
    kind = kind_of(status)
    if read is not None:
        return f"{kind} {mode & FILE_BITS:o} {read.digest}"
    if kind == "folder":
        return f"{kind} {mode & FOLDER_BITS:o} -"
    return f"{kind} - {hashlib.sha256(_link_target(path)).hexdigest()}"


def _link_target(path: Path) -> bytes:
    try:
        return os.fsencode(path.readlink())
    except OSError as error:
        raise InvalidInput(f"The link {path} in the build context cannot be read: {error.strerror}.") from error


def _git(context: Path, folders: Sequence[ContextFolder]) -> FolderFacts | None:
    """What counts of a `.git` that the build can see, instead of its files; None when there is none."""
    if not any(folder.path == "" and FOLDER in folder.names for folder in folders):
        return None
    facts = git_facts(context)
    if facts is None:
        return None
    return FolderFacts(SEPARATOR.join(facts), SEPARATOR.join(f"git - {value}" for value in facts.values()))


def _without_git(folders: Iterable[ContextFolder]) -> Iterable[ContextFolder]:
    for folder in folders:
        if folder.path == "":
            seen = [(name, status) for name, status in zip(folder.names, folder.stats, strict=True) if name != FOLDER]
            yield ContextFolder("", [name for name, _ in seen], [status for _, status in seen])
        elif folder.path.partition("/")[0] != FOLDER:
            yield folder
