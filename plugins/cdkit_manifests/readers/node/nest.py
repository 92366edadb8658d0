"""Nest: routes are decorators, of a class and of its methods."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from cdkit.api import ProjectFolder, Source
from cdkit_manifests.recognise.health import Route, is_health

_DECORATOR = re.compile(r"@(Controller|Get)\(\s*(?:[\"'`]([^\"'`\n:*]*)[\"'`])?\s*\)")
_PREFIX = re.compile(r"\.setGlobalPrefix\(\s*[\"'`]([^\"'`\n]*)[\"'`]([^;]*)\)")
_VERSIONED = re.compile(r"\.enableVersioning\(")
_LIBRARY = "@nestjs/terminus"


def health_routes(folder: ProjectFolder, needed: Mapping[str, Source]) -> list[Route]:
    """The routes about health; none where versions or exceptions from a prefix leave their paths in doubt."""
    if "@nestjs/core" not in needed or any(True for _ in folder.search(_VERSIONED, "*.ts")):
        return []
    prefixes = [found.groups for found in folder.search(_PREFIX, "*.ts")]
    prefix = prefixes[0][0].strip("/") if prefixes else ""
    excluded = prefixes[0][1] if prefixes else ""
    # Terminus asks the database and whatever else the application depends on.
    asks_others = _LIBRARY in needed
    return [
        Route(
            path if _is_excluded(path, excluded) or not prefix else f"/{prefix}{path}", source, asks_others=asks_others
        )
        for path, source in _routes(folder)
        if is_health(path)
    ]


def _is_excluded(path: str, excluded: str) -> bool:
    return path.strip("/") in re.findall(r"[\w/-]+", excluded)


def _routes(folder: ProjectFolder) -> Iterator[tuple[str, Source]]:
    """The paths of methods, each below that of the class before it."""
    file, controller = "", ""
    for found in folder.search(_DECORATOR, "*.ts", "*.js"):
        kind, path = found.groups
        if kind == "Controller":
            file, controller = found.file, path
        elif found.file == file:
            whole = "/".join(part.strip("/") for part in (controller, path) if part.strip("/"))
            yield f"/{whole}", found.source(f"the route /{whole}")
