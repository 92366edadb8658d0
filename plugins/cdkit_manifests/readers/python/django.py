"""Django: routes are lists of patterns, which other lists put below a prefix."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from cdkit.api import Fact, Found, Metrics, ProjectFolder, Source
from cdkit_manifests.recognise.health import Route, is_health

_ROOT = re.compile(r"""^ROOT_URLCONF\s*=\s*["']([\w.]+)["']""", re.MULTILINE)
_HOSTS = re.compile(r"^[ \t]*ALLOWED_HOSTS\s*=\s*([^\n]{0,200})", re.MULTILINE)
"""https://docs.djangoproject.com/en/stable/ref/settings/#allowed-hosts"""
_PATH = re.compile(r"""\b(?:path|re_path|url)\(\s*r?["']\^?([^"'\n]*?)\$?["']\s*,\s*(include\(\s*["'][\w.]+["'])?""")
_INCLUDED = re.compile(r"""["']([\w.]+)["']""")
_LIBRARY = "health_check.urls"
_PROMETHEUS = "django_prometheus.urls"


def health_routes(folder: ProjectFolder, libraries: Mapping[str, Source]) -> list[Route]:
    """The routes about health that the project's own list of routes has, or includes without a doubt.

    None where only some hosts are allowed: the kubelet asks by the pod's address, and would be refused.
    """
    if "django" not in libraries or not any("*" in found.groups[0] for found in folder.search(_HOSTS, "*.py")):
        return []
    return list(_routes(folder))


def metrics(folder: ProjectFolder) -> Iterator[Fact]:
    """Where django-prometheus is included."""
    for found in _root_paths(folder):
        if _included(found) == _PROMETHEUS:
            path = f"/{found.groups[0]}metrics"
            yield Fact("metrics", Metrics(path), found.source(_PROMETHEUS), "derived")


def _routes(folder: ProjectFolder) -> Iterator[Route]:
    for found in _root_paths(folder):
        path, included = f"/{found.groups[0]}", _included(found)
        if included == _LIBRARY:
            yield Route(path, found.source(f"{_LIBRARY} at {path}"), asks_others=True)
        elif included:
            yield from _of_list(folder, included, path)
        elif is_health(path):
            yield Route(path, found.source(f"the route {path}"))


def _of_list(folder: ProjectFolder, module: str, prefix: str) -> Iterator[Route]:
    for found in _paths(folder, module):
        path = f"{prefix}{found.groups[0]}"
        if not _included(found) and is_health(path):
            yield Route(path, found.source(f"the route {path}"))


def _root_paths(folder: ProjectFolder) -> list[Found]:
    for found in folder.search(_ROOT, "*.py"):
        return _paths(folder, found.groups[0])
    return []


def _paths(folder: ProjectFolder, module: str) -> list[Found]:
    file = f"{module.replace('.', '/')}.py"
    return list(folder.search(_PATH, file, f"**/{file}"))


def _included(found: Found) -> str:
    match = _INCLUDED.search(found.groups[1])
    return match[1] if match else ""
