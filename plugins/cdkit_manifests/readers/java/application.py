"""What a Java application is made with: the frameworks, each in a module of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cdkit.api import Fact, ProjectFolder, Source
from cdkit_manifests.readers.java import helidon, liberty, micronaut, plain, quarkus, spring, vertx, war
from cdkit_manifests.readers.java.gradle import own_build
from cdkit_manifests.readers.java.model import JavaProject
from cdkit_manifests.readers.java.pom import FILE, Pom

_FRAMEWORKS: tuple[Callable[[ProjectFolder, JavaProject], Iterator[Fact]], ...] = (
    spring.read,
    quarkus.read,
    micronaut.read,
    helidon.read,
    liberty.read,
    vertx.read,
    war.read,
    plain.read,
)
"""The most telling first. An application is made with one of them; the others of a list see libraries of that one."""
_KOTLIN = ("org.jetbrains.kotlin.jvm", "org.jetbrains.kotlin:kotlin-maven-plugin")


def read(folder: ProjectFolder) -> Iterator[Fact]:
    """What the first framework that knows the project says of it.

    Raises:
        InvalidInput: a file of the build or of the settings is malformed.
    """
    project = _project(folder)
    if project is None:
        return
    language = "kotlin" if project.plugin(*_KOTLIN) else "java"
    yield Fact("language", language, Source(project.file), "derived")
    for framework in _FRAMEWORKS:
        facts = list(framework(folder, project))
        if facts:
            yield from facts
            return


def _project(folder: ProjectFolder) -> JavaProject | None:
    if folder.has(FILE):
        return Pom(folder).project()
    build = own_build(folder)
    return build.project() if build else None
