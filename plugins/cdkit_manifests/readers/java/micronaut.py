"""Micronaut.

https://docs.micronaut.io/latest/guide/#healthEndpoint
"""

from __future__ import annotations

from collections.abc import Iterator

from cdkit.api import Fact, Metrics, Port, ProjectFolder
from cdkit_manifests.readers.java.model import JavaProject
from cdkit_manifests.readers.java.settings import Settings, read_settings
from cdkit_manifests.recognise.frameworks import assumed_port
from cdkit_manifests.recognise.health import Route, probe_fact

_GROUPS = ("io.micronaut", "io.micronaut.platform")
_PLUGINS = ("io.micronaut.application", "io.micronaut.minimal.application", "io.micronaut.maven:micronaut-maven-plugin")
_SERVERS = ("io.micronaut:micronaut-http-server-netty", "io.micronaut.servlet:micronaut-http-server-jetty")
_MANAGEMENT = "io.micronaut:micronaut-management"
_PROMETHEUS = "io.micronaut.micrometer:micronaut-micrometer-registry-prometheus"
_FILES = [f"src/main/resources/application.{ending}" for ending in ("properties", "yml", "yaml")]
DEFAULT_PORT = 8080


def read(folder: ProjectFolder, project: JavaProject) -> Iterator[Fact]:
    """What the application says, where it is one of Micronaut."""
    library = project.plugin(*_PLUGINS) or project.of_group(_GROUPS)
    if library is None:
        return
    settings = read_settings(folder, _FILES)
    yield Fact("frameworks", ("micronaut",), library.source, "derived")
    name = settings.find("micronaut.application.name")
    if name:
        yield Fact("name", name.value, name.source)
    # The plugin brings a server by itself.
    server = project.library(*_SERVERS) or project.plugin(*_PLUGINS)
    if server is None:
        yield Fact("kind", "worker", library.source, "derived")
        return
    yield Fact("kind", "web", server.source, "derived")
    port = settings.port("micronaut.server.port")
    if port:
        yield Fact("ports", (Port(port[0], "http"),), port[1])
    else:
        yield assumed_port(DEFAULT_PORT, server.source)
    yield from _questions(settings, project)


def _questions(settings: Settings, project: JavaProject) -> Iterator[Fact]:
    management = project.library(_MANAGEMENT)
    if management is None or settings.is_false("endpoints.all.enabled"):
        return
    own = settings.port("endpoints.all.port")
    port = own[0] if own else None
    parts = (settings.word("micronaut.server.context-path"), settings.word("endpoints.all.path"))
    base = "".join(f"/{part.strip('/')}" for part in parts if part.strip("/"))
    if not settings.is_false("endpoints.health.enabled"):
        for name in ("liveness", "readiness"):
            yield probe_fact(name, Route(f"{base}/health/{name}", management.source, port=port))
    prometheus = project.library(_PROMETHEUS)
    if prometheus and settings.is_false("endpoints.prometheus.sensitive"):
        yield Fact("metrics", Metrics(f"{base}/prometheus", port), prometheus.source, "derived")
