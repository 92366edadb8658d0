"""A web archive, which runs in WildFly, Tomcat or another container of servlets."""

from __future__ import annotations

from collections.abc import Iterator

from cdkit.api import Fact, ProjectFolder, Source
from cdkit_manifests.readers.java.model import JavaProject
from cdkit_manifests.recognise.frameworks import assumed_port

_WILDFLY = (
    "org.wildfly.plugins:wildfly-maven-plugin",
    "org.wildfly.plugins:wildfly-jar-maven-plugin",
    "org.wildfly.bom:wildfly-ee",
)
DEFAULT_PORT = 8080
"""Of WildFly, Tomcat, Jetty and Payara alike."""


def read(_: ProjectFolder, project: JavaProject) -> Iterator[Fact]:
    """What is known of a web archive: its container listens where all of them do."""
    wildfly = project.plugin(*_WILDFLY) or project.library(*_WILDFLY)
    if wildfly is None and project.packaging != "war":
        return
    source = wildfly.source if wildfly else Source(project.file, note="a WAR")
    yield Fact("frameworks", ("wildfly",) if wildfly else ("servlet",), source, "derived")
    yield Fact("kind", "web", source, "derived")
    yield assumed_port(DEFAULT_PORT, source)
