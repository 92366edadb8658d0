"""Finds the routes of an application in its program text.

This is a search for text, not an understanding of the program: a route counts only where what it is added to is seen to
be the application itself, or a group of routes whose prefix is seen. A probe of a route that is not there would keep
every pod from being ready, so a route in doubt is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from cdkit.api import Found, ProjectFolder
from cdkit_manifests.recognise.health import Route, is_health


class Style(msgspec.Struct, frozen=True):
    """How routes are written in some frameworks.

    Attributes:
        files: the files to search, as for `ProjectFolder.find`.
        route: finds a route; its groups are what it is added to, and its path.
        application: finds what makes an application, and the name that it gets.
        group: finds what makes a group of routes; its groups are the name and the prefix.
        mounted: finds a group being put below a prefix that is said elsewhere; then a route of a group, or of something
            whose nature is not seen, is in doubt.
        note: what a person reads of a route's source.
    """

    files: tuple[str, ...]
    route: re.Pattern[str]
    application: re.Pattern[str] | None = None
    group: re.Pattern[str] | None = None
    mounted: re.Pattern[str] | None = None
    note: str = "the route"


def health_routes(folder: ProjectFolder, style: Style) -> list[Route]:
    """The routes about health that an application certainly serves."""
    found = [match for match in folder.search(style.route, *style.files) if is_health(_path(match))]
    if not found:
        return []
    applications = _names(folder, style, style.application)
    groups = dict(_groups(folder, style))
    in_doubt = style.mounted is not None and any(True for _ in folder.search(style.mounted, *style.files))
    return list(_certain(found, applications, groups, style.note, in_doubt=in_doubt))


def _certain(
    found: list[Found],
    applications: set[tuple[str, str]],
    groups: dict[tuple[str, str], str],
    note: str,
    *,
    in_doubt: bool,
) -> Iterator[Route]:
    for match in found:
        owner, path = match.groups[0], _path(match)
        name = (match.file, owner)
        if name in groups:
            if in_doubt:
                continue
            path = _joined(groups[name], path)
        elif owner and name not in applications and in_doubt:
            continue
        if is_health(path):
            yield Route(path, match.source(f"{note} {path}"))


def _path(match: Found) -> str:
    return f"/{match.groups[1].lstrip('/')}"


def _joined(prefix: str, path: str) -> str:
    return f"/{prefix.strip('/')}{path}" if prefix.strip("/") else path


def _names(folder: ProjectFolder, style: Style, expression: re.Pattern[str] | None) -> set[tuple[str, str]]:
    if expression is None:
        return set()
    matches = folder.search(expression, *style.files)
    return {(match.file, name) for match in matches for name in match.groups if name}


def _groups(folder: ProjectFolder, style: Style) -> Iterator[tuple[tuple[str, str], str]]:
    if style.group is not None:
        for match in folder.search(style.group, *style.files):
            yield (match.file, match.groups[0]), match.groups[1]
