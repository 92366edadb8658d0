"""Everything that can change an image, each thing as a short text: made into a tag, and compared with the last one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping

import msgspec

from cdkit_images.content.folder_cache import SEPARATOR
from cdkit_images.content.tag import TAG_LENGTH

FORMAT = 1
"""A part of every tag: when it changes, every image gets another one."""


class FolderFacts(msgspec.Struct, frozen=True, array_like=True):
    """What is in a folder.

    Attributes:
        names: in order, with a separator between them.
        facts: for each its kind, mode and digest, with spaces in between; with a separator between them.
    """

    names: str
    facts: str

    @property
    def digest(self) -> str:
        """A name for all of it."""
        return hashlib.sha256(f"{self.names}{SEPARATOR}{SEPARATOR}{self.facts}".encode()).hexdigest()

    def by_name(self) -> dict[str, str]:
        """Each thing, and what it is."""
        if not self.names:
            return {}
        return dict(zip(self.names.split(SEPARATOR), self.facts.split(SEPARATOR), strict=True))


class Fingerprint(msgspec.Struct, frozen=True):
    """What an image is made of.

    Attributes:
        settings: what is no file of the context, by a name for a person: `the Dockerfile`, `build argument A`.
        folders: what of the context the build can see, by the path of the folder.
    """

    settings: dict[str, str]
    folders: dict[str, FolderFacts]

    @property
    def tag(self) -> str:
        """The content tag."""
        digests = {path: folder.digest for path, folder in self.folders.items()}
        whole = msgspec.json.encode([FORMAT, self.settings, digests], order="deterministic")
        return hashlib.sha256(whole).hexdigest()[:TAG_LENGTH]

    def differences(self, earlier: Fingerprint) -> list[str]:
        """What makes this another image than an earlier one; a sentence each, without its full stop."""
        paths = sorted(self.folders.keys() | earlier.folders.keys())
        changed = [path for path in paths if self.folders.get(path) != earlier.folders.get(path)]
        return [
            *_told(earlier.settings, self.settings, lambda _old, _new: "changed"),
            *_told(_files(earlier.folders, changed), _files(self.folders, changed), _file_change),
        ]


def _files(folders: Mapping[str, FolderFacts], paths: list[str]) -> dict[str, str]:
    """What is in these folders, by path."""
    return {
        f"{path}/{name}" if path else name: fact
        for path in paths
        if path in folders
        for name, fact in folders[path].by_name().items()
    }


def _told(old: Mapping[str, str], new: Mapping[str, str], change: Callable[[str, str], str]) -> Iterator[str]:
    for name in sorted(old.keys() | new.keys()):
        before, now = old.get(name), new.get(name)
        if before is None:
            yield f"{name} is new"
        elif now is None:
            yield f"{name} is gone"
        elif before != now:
            yield f"{name} {change(before, now)}"


def _file_change(old: str, new: str) -> str:
    (kind, mode, content), (new_kind, new_mode, new_content) = old.split(" ", 2), new.split(" ", 2)
    if kind != new_kind:
        return f"is a {new_kind} now, and was a {kind}"
    if content == new_content:
        return f"has mode {new_mode} now, and had {mode}"
    return "leads elsewhere" if kind == "link" else "changed"
