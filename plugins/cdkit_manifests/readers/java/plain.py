"""Java without a framework of its own: servers that a program starts itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cdkit.api import Fact, ProjectFolder, Source
from cdkit_manifests.readers.java.model import JavaProject
from cdkit_manifests.recognise.frameworks import Framework, framework_facts
from cdkit_manifests.recognise.health import health_facts
from cdkit_manifests.recognise.listening import Listener, listening_facts
from cdkit_manifests.recognise.routes import Style, health_routes

_SOURCES = ("*.java", "*.kt")
_FRAMEWORKS = (
    Framework("io.javalin:javalin", "javalin"),
    Framework("io.ktor:ktor-server-netty", "ktor"),
    Framework("io.ktor:ktor-server-netty-jvm", "ktor"),
    Framework("io.ktor:ktor-server-core", "ktor"),
    Framework("com.sparkjava:spark-core", "spark", "web", 4567),
    Framework("io.dropwizard:dropwizard-core", "dropwizard", "web", 8080),
)
_LISTENER = Listener(
    files=_SOURCES,
    numbers=(
        re.compile(r"\bnew\s+InetSocketAddress\(\s*(?:\"[^\"\n]*\"\s*,\s*)?(\d{2,5})\b"),
        re.compile(r"\.start\(\s*(\d{2,5})\s*\)"),
        re.compile(r"\bembeddedServer\([^)]{0,400}?\bport\s*=\s*(\d{2,5})\b"),
        re.compile(r"\bport\(\s*(\d{2,5})\s*\)"),
    ),
    variable=re.compile(r"System\.getenv\(\s*\"(PORT)\"\s*\)"),
)
_ROUTES = Style(files=_SOURCES, route=re.compile(r"()\b(?:get|createContext)\(\s*\"(/[^\"\n{:*]*)\""))


def read(folder: ProjectFolder, project: JavaProject) -> Iterator[Fact]:
    """What the program shows."""
    listens = list(listening_facts(folder, _LISTENER))
    yield from listens
    libraries = {name: library.source for name, library in project.libraries.items()}
    facts = framework_facts("java", libraries, _FRAMEWORKS, Source(project.file))
    yield from (fact for fact in facts if fact.name != "language")
    if listens:
        yield from health_facts(health_routes(folder, _ROUTES))
