"""Finds the routes of an application in its program text.

This is a search for text, not an understanding of the program: a route counts only where what it is added to is seen to
be the application itself, or a group of routes whose prefix is seen. A probe of a route that is not there would keep
every pod from being ready, so a route in doubt is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from cdkit.api import Found, ProjectFolder
from cdkit_manifests.recognise.health import Route, is_health

MOST_MOUNTS = 50
"""Prefixes of one file that are looked at; a file with more of them is none that somebody wrote."""


class Style(msgspec.Struct, frozen=True):
    """How routes are written in some frameworks.

    Attributes:
        files: the files to search, as for `ProjectFolder.find`.
        route: finds a route; its groups are what it is added to, empty where that has no name, and its path.
        application: finds what makes an application; its groups are the name that it gets. Where routes are added to
            nothing with a name, all in the same file are the application's.
        group: finds what makes a group of routes; its groups are the name and the prefix.
        mounted: finds a group being put below a prefix, from the parenthesis around it; then a route of a group,
            or of something whose nature is not seen, is in doubt.
    """

    files: tuple[str, ...]
    route: re.Pattern[str]
    application: re.Pattern[str] | None = None
    group: re.Pattern[str] | None = None
    mounted: re.Pattern[str] | None = None


def health_routes(folder: ProjectFolder, style: Style) -> list[Route]:
    """The routes about health that an application certainly serves."""
    found = [match for match in folder.search(style.route, *style.files) if is_health(_path(match))]
    return list(_Search(folder, style).certain(found)) if found else []


class _Search:
    """Tells which of the routes that were found are certain.

    Args:
        folder: the project.
        style: how its routes are written.
    """

    def __init__(self, folder: ProjectFolder, style: Style) -> None:
        self._folder = folder
        self._style = style
        self._applications = {
            (match.file, name)
            for match in self._matches(style.application)
            for name in (*filter(None, match.groups), "")
        }
        self._groups = {(match.file, match.groups[0]): match.groups[1] for match in self._matches(style.group)}
        self._is_mounted = any(True for _ in self._matches(style.mounted))

    def certain(self, found: Iterable[Found]) -> Iterator[Route]:
        """The routes, each by its whole path."""
        for match in found:
            owner = (match.file, match.groups[0])
            if self._is_mounted and not self._is_certain(match, owner):
                continue
            path = _below(self._groups.get(owner, ""), _path(match))
            if is_health(path):
                yield Route(path, match.source(f"the route {path}"))

    def _matches(self, expression: re.Pattern[str] | None) -> Iterator[Found]:
        return iter(()) if expression is None else self._folder.search(expression, *self._style.files)

    def _is_certain(self, match: Found, owner: tuple[str, str]) -> bool:
        """Whether a route is the application's own although something is below a prefix."""
        if owner in self._groups or owner not in self._applications:
            return False
        return bool(match.groups[0]) or not self._is_enclosed(match)

    def _is_enclosed(self, match: Found) -> bool:
        """Whether a route stands inside of the parentheses that put something below a prefix."""
        mounts = [mount for mount in self._matches(self._style.mounted) if mount.file == match.file]
        text = self._folder.program_text(match.file)
        between = (text[mount.start : match.start] for mount in mounts[:MOST_MOUNTS] if mount.start < match.start)
        return any(part.count("(") > part.count(")") for part in between)


def _path(match: Found) -> str:
    return f"/{match.groups[1].lstrip('/')}"


def _below(prefix: str, path: str) -> str:
    return f"/{prefix.strip('/')}{path}" if prefix.strip("/") else path
