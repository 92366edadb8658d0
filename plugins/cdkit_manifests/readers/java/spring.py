"""Spring Boot, with its actuator and its settings.

https://docs.spring.io/spring-boot/appendix/application-properties/,
https://docs.spring.io/spring-boot/reference/actuator/endpoints.html#actuator.endpoints.kubernetes-probes
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from cdkit.api import Fact, Metrics, Port, ProjectFolder
from cdkit_manifests.readers.java.model import JavaProject, Library
from cdkit_manifests.readers.java.settings import Settings, read_settings
from cdkit_manifests.reading.data_file import DataFile
from cdkit_manifests.recognise.frameworks import assumed_port
from cdkit_manifests.recognise.health import Route, health_facts

_GROUP = "org.springframework.boot"
_WEB = tuple(
    f"{_GROUP}:spring-boot-starter-{name}"
    for name in ("web", "webflux", "webmvc", "jersey", "data-rest", "graphql", "hateoas", "web-services")
)
_BATCH = f"{_GROUP}:spring-boot-starter-batch"
_ACTUATOR = f"{_GROUP}:spring-boot-starter-actuator"
_PROMETHEUS = "io.micrometer:micrometer-registry-prometheus"
_FILES = [
    f"{place}application.{ending}"
    for place in ("config/", "", "src/main/resources/config/", "src/main/resources/")
    for ending in ("properties", "yml", "yaml")
]
_VERSIONS = (
    f"{_GROUP}:spring-boot-starter-parent",
    f"{_GROUP}:spring-boot-dependencies",
    f"{_GROUP}:spring-boot-maven-plugin",
    _GROUP,
)
"""What tells the version of Spring Boot; the last one is the plugin of Gradle."""
DEFAULT_PORT = 8080


def read(folder: ProjectFolder, project: JavaProject) -> Iterator[Fact]:
    """What the application says, where it is one of Spring Boot."""
    boot = project.of_group([_GROUP]) or project.plugin(f"{_GROUP}:spring-boot-maven-plugin", _GROUP)
    if boot is None:
        return
    settings = read_settings(folder, _FILES, _counts_everywhere)
    yield Fact("frameworks", ("spring-boot",), boot.source, "derived")
    name = settings.find("spring.application.name")
    if name:
        yield Fact("name", name.value, name.source)
    variables, place = settings.required_variables(), settings.first_source()
    if variables and place:
        yield Fact("env", variables, place, "derived")
    web = project.library(*_WEB)
    if web is None or settings.word("spring.main.web-application-type").lower() == "none":
        batch = project.library(_BATCH)
        yield Fact("kind", "job" if batch else "worker", (batch or boot).source, "derived")
        return
    yield from _Web(project, settings, web).facts()


def _counts_everywhere(document: DataFile) -> bool:
    """A document for a profile counts only where that profile is on."""
    activation = document.get("spring", "config", "activate", "on-profile")
    return activation is None and not isinstance(document.get("spring", "profiles"), str)


class _Web:
    """Gives the facts of an application that answers requests."""

    def __init__(self, project: JavaProject, settings: Settings, web: Library) -> None:
        self._project = project
        self._settings = settings
        self._web = web
        self._port = settings.port("server.port")
        self._management = settings.port("management.server.port", "management.port")

    def facts(self) -> Iterator[Fact]:
        """All of them."""
        yield Fact("kind", "web", self._web.source, "derived")
        yield from self._ports()
        actuator = self._project.library(_ACTUATOR)
        if actuator is None or self._is_closed():
            return
        yield from health_facts(self._health(actuator))
        prometheus = self._project.library(_PROMETHEUS)
        if prometheus and self._is_exposed("prometheus"):
            path = f"{self._base()}/prometheus"
            yield Fact("metrics", Metrics(path, self._management_number()), prometheus.source, "derived")

    def _ports(self) -> Iterator[Fact]:
        if not self._port and not self._management:
            if self._settings.word("server.port") not in {"0", "-1"}:
                yield assumed_port(DEFAULT_PORT, self._web.source)
            return
        number, source = self._port or (DEFAULT_PORT, self._web.source)
        ports = [Port(number, "https" if self._scheme("server") == "HTTPS" else "http")]
        if self._management and self._management[0] != number:
            ports.append(Port(self._management[0], "management"))
            source = source if self._port else self._management[1]
        yield Fact("ports", tuple(ports), source)

    def _management_number(self) -> int | None:
        """The port of the actuator where it is another one."""
        main = self._port[0] if self._port else DEFAULT_PORT
        return self._management[0] if self._management and self._management[0] != main else None

    def _scheme(self, prefix: str) -> Literal["HTTP", "HTTPS"]:
        ssl = f"{prefix}.ssl"
        keys = ("key-store", "certificate", "bundle")
        has_key = self._settings.find(*(f"{ssl}.{key}" for key in keys)) is not None
        return "HTTPS" if has_key and not self._settings.is_false(f"{ssl}.enabled") else "HTTP"

    def _is_closed(self) -> bool:
        """Whether nobody outside of the container gets to the actuator."""
        settings = self._settings
        return (
            settings.word("management.server.port", "management.port") == "-1"
            or settings.word("management.server.address", "management.address") in {"127.0.0.1", "localhost", "::1"}
            or settings.is_false("management.endpoint.health.enabled")
            or settings.word("management.endpoint.health.access") == "none"
            or not self._is_exposed("health")
        )

    def _is_exposed(self, endpoint: str) -> bool:
        exposure = "management.endpoints.web.exposure"
        included = _names(self._settings.word(f"{exposure}.include") or "health")
        excluded = _names(self._settings.word(f"{exposure}.exclude"))
        return bool({endpoint, "*"} & included) and not {endpoint, "*"} & excluded

    def _health(self, actuator: Library) -> Iterator[Route]:
        port = self._management_number()
        scheme = self._scheme("management.server" if port else "server")
        mapped = self._settings.word("management.endpoints.web.path-mapping.health").strip("/") or "health"
        path = f"{self._base()}/{mapped}"
        if self._has_groups():
            for group in ("liveness", "readiness"):
                yield Route(f"{path}/{group}", actuator.source, scheme, port)
        else:
            # It also asks databases and disks.
            yield Route(path, actuator.source, scheme, port, asks_others=True)

    def _release(self) -> tuple[int, int] | None:
        known = [library for name in _VERSIONS if (library := self._of_build(name)) is not None and library.release]
        return known[0].release if known else None

    def _of_build(self, name: str) -> Library | None:
        return self._project.library(name) or self._project.plugin(name)

    def _has_groups(self) -> bool:
        """Whether there are questions of their own: said so, or, since 2.3, by itself in Kubernetes."""
        switch = "management.endpoint.health.probes.enabled"
        if self._settings.is_true(switch):
            return True
        release = self._release()
        return release is not None and release >= (2, 3) and not self._settings.is_false(switch)

    def _base(self) -> str:
        """The path that all endpoints are below."""
        settings = self._settings
        release = self._release()
        if release is not None and release < (2, 0):
            before = "" if self._management_number() else settings.word("server.context-path")
            return _path(before, settings.word("management.context-path"))
        endpoints = settings.word("management.endpoints.web.base-path") or "actuator"
        if self._management_number():
            return _path(
                settings.word("management.server.base-path", "management.server.servlet.context-path"), endpoints
            )
        context = settings.word("server.servlet.context-path", "spring.webflux.base-path")
        return _path(context, settings.word("spring.mvc.servlet.path"), endpoints)


def _names(listed: str) -> set[str]:
    return {name.strip().strip("\"'") for name in listed.split(",") if name.strip()}


def _path(*parts: str) -> str:
    return "".join(f"/{part.strip('/')}" for part in parts if part.strip("/"))
