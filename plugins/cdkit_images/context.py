"""The build context: which of its files a build can see."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Literal

import msgspec

from cdkit.api import InvalidInput
from cdkit_images.dockerignore import IgnoredFolder, IgnoreRules
from cdkit_images.patterns import has_wildcard, name_regex

Kind = Literal["file", "folder", "link"]

MOST_LINKS = 255
"""As Linux and BuildKit: a chain of more symbolic links goes round in circles."""


class ContextEntry(msgspec.Struct, frozen=True):
    """One file, folder or symbolic link of the context.

    Attributes:
        path: relative to the context, `/` between its parts.
        kind: what it is; a link is not followed.
        stat: what the file system says of it; a link's own.
    """

    path: str
    kind: Kind
    stat: os.stat_result


def visible_entries(context: Path, rules: IgnoreRules, paths: Iterable[str]) -> list[ContextEntry]:
    """What a build can see, in the order of the paths: a folder stands before what is in it.

    Sockets, pipes and devices are left out, as Docker leaves out sockets.

    Args:
        context: the folder.
        rules: its `.dockerignore`.
        paths: what the Dockerfile reads, as `Reach.paths` gives it; `.` is everything that the rules leave.

    Raises:
        InvalidInput: a folder cannot be read.
    """
    return _Viewer(context, rules).view(paths)


class _Viewer:
    """Walks only those parts of a context that somebody asks for."""

    def __init__(self, context: Path, rules: IgnoreRules) -> None:
        self._context = context
        self._rules = rules
        self._found: dict[str, ContextEntry] = {}
        self._walked: set[str] = set()

    def view(self, paths: Iterable[str]) -> list[ContextEntry]:
        parts = [_parts(path) for path in dict.fromkeys(paths)]
        if [] in parts:
            # Everything: no need to look for anything else.
            parts = [[]]
        for each in parts:
            self._look_up([], each, MOST_LINKS)
        return [self._found[path] for path in sorted(self._found, key=lambda path: path.split("/"))]

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
        if folder in self._walked:
            return
        self._walked.add(folder)
        if (self._context / folder).is_dir():
            self._walk_in(folder, self._rules.below(folder))

    def _walk_in(self, folder: str, view: IgnoredFolder) -> None:
        prefix = f"{folder}/" if folder else ""
        for item in self._scan(folder):
            path = f"{prefix}{item.name}"
            is_folder = item.is_dir(follow_symlinks=False)
            ignored = view.ignores(item.name)
            if not ignored:
                self._keep_item(path, item)
            if is_folder:
                below = view.enter(item.name)
                if not ignored or below.may_include:
                    self._walk_in(path, below)

    def _scan(self, folder: str) -> Iterator[os.DirEntry[str]]:
        try:
            with os.scandir(self._context / folder) as items:
                yield from items
        except OSError as error:
            remedy = "Make it readable, or leave it out with .dockerignore."
            raise InvalidInput(f"{folder or '.'} in the build context: {error.strerror}.", remedy=remedy) from error

    def _keep_item(self, path: str, item: os.DirEntry[str]) -> None:
        # It may have gone away while we looked.
        with suppress(FileNotFoundError):
            self._keep(path, item.stat(follow_symlinks=False))

    def _keep(self, path: str, status: os.stat_result) -> None:
        kind = _kind(status.st_mode)
        if kind is not None:
            self._keep_folders_above(path)
            self._found[path] = ContextEntry(path, kind, status)

    def _keep_folders_above(self, path: str) -> None:
        """The folders that something stands in are seen with it, also when the rules leave them out."""
        folder = path.rpartition("/")[0]
        while folder and folder not in self._found:
            self._found[folder] = ContextEntry(folder, "folder", os.lstat(self._context / folder))
            folder = folder.rpartition("/")[0]


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


def _kind(mode: int) -> Kind | None:
    if stat.S_ISREG(mode):
        return "file"
    if stat.S_ISDIR(mode):
        return "folder"
    return "link" if stat.S_ISLNK(mode) else None
