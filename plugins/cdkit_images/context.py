"""The build context: which of its files a build can see."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Literal

import msgspec

from cdkit.api import InvalidInput
from cdkit_images.dockerignore import IgnoredFolder, IgnoreRules
from cdkit_images.patterns import has_wildcard, name_regex

Kind = Literal["file", "folder", "link"]

_KINDS: dict[int, Kind] = {stat.S_IFREG: "file", stat.S_IFDIR: "folder", stat.S_IFLNK: "link"}
"""What an image can hold."""

MOST_LINKS = 255
"""As Linux and BuildKit: a chain of more symbolic links goes round in circles."""


class ContextEntry(msgspec.Struct, frozen=True):
    """One file, folder or symbolic link of the context.

    Attributes:
        path: relative to the context, `/` between its parts.
        kind: what it is; a link is not followed.
    """

    path: str
    kind: Kind


class ContextFolder(msgspec.Struct, frozen=True):
    """What a build can see of one folder of the context.

    Attributes:
        path: relative to the context, `/` between its parts; empty for the context itself.
        names: of files, folders and symbolic links, in order.
        stats: what the file system says of each; of a link itself.
    """

    path: str
    names: list[str]
    stats: list[os.stat_result]


def visible_folders(context: Path, rules: IgnoreRules, paths: Iterable[str]) -> list[ContextFolder]:
    """What a build can see, folder by folder; a folder stands before those in it.

    Sockets, pipes and devices are left out, as Docker leaves out sockets.

    Args:
        context: the folder.
        rules: its `.dockerignore`.
        paths: what the Dockerfile reads, as `Reach.paths` gives it; `.` is everything that the rules leave.

    Raises:
        InvalidInput: a folder cannot be read.
    """
    return _Viewer(context, rules).view(paths)


def visible_entries(context: Path, rules: IgnoreRules, paths: Iterable[str]) -> list[ContextEntry]:
    """The same as `visible_folders`, thing by thing."""
    return entries_of(visible_folders(context, rules, paths))


def entries_of(folders: Iterable[ContextFolder]) -> list[ContextEntry]:
    """Each thing of the folders, in the order of the paths: a folder stands before what is in it."""
    by_path = {folder.path: folder for folder in folders}
    return list(_entries_below("", by_path))


def _entries_below(path: str, folders: Mapping[str, ContextFolder]) -> Iterator[ContextEntry]:
    folder = folders.get(path)
    if folder is None:
        return
    prefix = f"{path}/" if path else ""
    for name, status in zip(folder.names, folder.stats, strict=True):
        kind = kind_of(status)
        yield ContextEntry(f"{prefix}{name}", kind)
        if kind == "folder":
            yield from _entries_below(f"{prefix}{name}", folders)


def kind_of(status: os.stat_result) -> Kind:
    """What something in a context is."""
    return _KINDS[stat.S_IFMT(status.st_mode)]


class _Viewer:
    """Walks only those parts of a context that somebody asks for."""

    def __init__(self, context: Path, rules: IgnoreRules) -> None:
        self._context = context
        self._rules = rules
        self._found: dict[str, dict[str, os.stat_result]] = {}
        self._walked: set[str] = set()

    def view(self, paths: Iterable[str]) -> list[ContextFolder]:
        parts = [_parts(path) for path in dict.fromkeys(paths)]
        if [] in parts:
            # Everything: no need to look for anything else.
            parts = [[]]
        for each in parts:
            self._look_up([], each, MOST_LINKS)
        return [_folder(path, self._found[path]) for path in sorted(self._found, key=lambda path: path.split("/"))]

    def _look_up(self, folder: list[str], rest: Sequence[str], links: int) -> None:
        """Find what a path names, below a folder of the context; a link on the way leads to its target."""
        if not rest:
            self._walk("/".join(folder))
            return
        for name in self._names("/".join(folder), rest[0]):
            self._step([*folder, name], rest[1:], links)

    def _names(self, folder: str, part: str) -> list[str]:
        """The names in a folder that one part of a path means; none where there is no such folder."""
        if not has_wildcard(part):
            return [part]
        with suppress(OSError, ValueError):
            matches = name_regex(part).fullmatch
            return [path.name for path in (self._context / folder).iterdir() if matches(path.name)]
        return []

    def _step(self, path: list[str], rest: Sequence[str], links: int) -> None:
        joined = "/".join(path)
        try:
            status = os.lstat(self._context / joined)
        except (OSError, ValueError):
            # A path that is not there: the build itself says so best.
            return
        if stat.S_ISLNK(status.st_mode):
            if links and not self._rules.ignores(joined):
                self._keep(joined, status)
                self._look_up([], [*_link_parts(self._context, path), *rest], links - 1)
        elif rest:
            self._look_up(path, rest, links)
        else:
            if not self._rules.ignores(joined):
                self._keep(joined, status)
            self._walk(joined)

    def _walk(self, folder: str) -> None:
        if (self._context / folder).is_dir():
            self._walk_in(folder, self._rules.below(folder))

    def _walk_in(self, folder: str, view: IgnoredFolder) -> None:
        if folder in self._walked:
            return
        self._walked.add(folder)
        there, folders = self._list(folder)
        left = view.left(there)
        if left:
            self._keep_all(folder, {name: there[name] for name in left} if len(left) < len(there) else there)
        for name in folders:
            below = view.enter(name)
            if below.may_include or not view.ignores(name):
                self._walk_in(f"{folder}/{name}" if folder else name, below)

    def _list(self, folder: str) -> tuple[dict[str, os.stat_result], list[str]]:
        """What is in a folder, as far as it can be part of an image, and which of that are folders themselves.

        Large contexts are walked at each run: to ask by the folder's descriptor is quickest.
        """
        there: dict[str, os.stat_result] = {}
        folders: list[str] = []
        try:
            descriptor = os.open(self._context / folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except FileNotFoundError:
            # It has gone away while we looked.
            return there, folders
        except OSError as error:
            remedy = "Make it readable, or leave it out with .dockerignore."
            raise InvalidInput(f"{folder or '.'} in the build context: {error.strerror}.", remedy=remedy) from error
        try:
            for name in os.listdir(descriptor):  # noqa: PTH208 -- pathlib knows no descriptors
                try:
                    status = os.lstat(name, dir_fd=descriptor)
                except FileNotFoundError:
                    continue
                kind = _KINDS.get(stat.S_IFMT(status.st_mode))
                if kind is not None:
                    there[name] = status
                if kind == "folder":
                    folders.append(name)
        finally:
            os.close(descriptor)
        return there, folders

    def _keep(self, path: str, status: os.stat_result) -> None:
        if stat.S_IFMT(status.st_mode) in _KINDS:
            folder, _, name = path.rpartition("/")
            self._keep_all(folder, {name: status})

    def _keep_all(self, folder: str, there: Mapping[str, os.stat_result]) -> None:
        """Keep things in a folder, and the folders above, which are seen with it also when the rules leave them out."""
        self._found.setdefault(folder, {}).update(there)
        while folder:
            above, _, name = folder.rpartition("/")
            siblings = self._found.setdefault(above, {})
            if name in siblings:
                return
            siblings[name] = os.lstat(self._context / folder)
            folder = above


def _folder(path: str, found: Mapping[str, os.stat_result]) -> ContextFolder:
    names = sorted(found)
    return ContextFolder(path, names, [found[name] for name in names])


def _parts(path: str) -> list[str]:
    """The parts of a path that a Dockerfile names; it cannot lead out of the context."""
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            parts[-1:] = []
        elif part not in {"", "."}:
            parts.append(part)
    return parts


def _link_parts(context: Path, path: Sequence[str]) -> list[str]:
    """Where a link leads, from the root of the context; an absolute target counts from there too, as for Docker."""
    target = str((context / "/".join(path)).readlink())
    return _parts(target if target.startswith("/") else "/".join([*path[:-1], target]))
