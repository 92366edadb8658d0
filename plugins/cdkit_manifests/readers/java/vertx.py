"""Vert.x: a library, so that only the program tells where it listens."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cdkit.api import Fact, ProjectFolder
from cdkit_manifests.readers.java.model import JavaProject
from cdkit_manifests.recognise.health import health_facts
from cdkit_manifests.recognise.listening import Listener, listening_facts
from cdkit_manifests.recognise.routes import Style, health_routes

_SOURCES = ("*.java", "*.kt")
_LISTENER = Listener(
    files=_SOURCES,
    numbers=(
        re.compile(r"\.listen\(\s*(\d{2,5})\b"),
        re.compile(r"\.setPort\(\s*(\d{2,5})\b"),
        re.compile(r"\"http\.port\"\s*,\s*(\d{2,5})\b"),
    ),
)
_ROUTES = Style(
    files=_SOURCES,
    route=re.compile(r"\b(\w+)\.(?:get|route)\(\s*\"(/[^\"\n:*]*)\*?\""),
    application=re.compile(r"\bRouter\s+(\w+)\s*=\s*Router\.router\(|\bval\s+(\w+)\s*=\s*Router\.router\("),
    mounted=re.compile(r"\.(?:mountSubRouter|subRouter)\("),
)


def read(folder: ProjectFolder, project: JavaProject) -> Iterator[Fact]:
    """What the program shows, where it is made with Vert.x."""
    library = project.of_group(("io.vertx",))
    if library is None:
        return
    listens = list(listening_facts(folder, _LISTENER))
    yield Fact("frameworks", ("vert.x",), library.source, "derived")
    yield from listens
    yield Fact("kind", "web" if listens else "worker", library.source, "derived")
    yield from health_facts(health_routes(folder, _ROUTES))
