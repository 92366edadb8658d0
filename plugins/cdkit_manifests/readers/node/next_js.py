"""Next: a route is a file."""

from __future__ import annotations

import re
from collections.abc import Mapping

from cdkit.api import ProjectFolder, Source
from cdkit_manifests.recognise.health import Route, is_health

_FILES = ("app/api/**/route.*", "src/app/api/**/route.*", "pages/api/**/*", "src/pages/api/**/*", "app/**/route.*")
_PATH = re.compile(r"(?:src/)?(?:app(/.*)/route|pages(/.*?)(?:/index)?)\.(?:js|ts|mjs|tsx|jsx)")
_GROUP = re.compile(r"/\([^/]*\)")
_BASE = re.compile(r"\bbasePath:\s*[\"'`](/[^\"'`\n]*)[\"'`]")


def health_routes(folder: ProjectFolder, needed: Mapping[str, Source]) -> list[Route]:
    """The files that are routes about health."""
    if "next" not in needed:
        return []
    base = next((found.groups[0] for found in folder.search(_BASE, "next.config.*")), "").rstrip("/")
    routes = []
    for file in folder.find(*_FILES):
        match = _PATH.fullmatch(file)
        path = _GROUP.sub("", match[1] or match[2]) if match else ""
        if is_health(path):
            routes.append(Route(f"{base}{path}", Source(file, note=f"the route {base}{path}")))
    return routes
