"""Quarkus.

https://quarkus.io/guides/all-config, https://quarkus.io/guides/smallrye-health
"""

from __future__ import annotations

from collections.abc import Iterator

from cdkit.api import Fact, Metrics, Port, ProjectFolder, Source
from cdkit_manifests.readers.java.model import JavaProject, Library
from cdkit_manifests.readers.java.settings import Setting, Settings, read_settings
from cdkit_manifests.recognise.frameworks import assumed_port
from cdkit_manifests.recognise.health import Route, probe_fact

_GROUPS = ("io.quarkus", "io.quarkus.platform")
_PLUGINS = ("io.quarkus", "io.quarkus:quarkus-maven-plugin", "io.quarkus.platform:quarkus-maven-plugin")
_HTTP = tuple(
    f"io.quarkus:quarkus-{name}"
    for name in (
        "rest", "rest-jackson", "rest-jsonb", "resteasy", "resteasy-jackson", "resteasy-jsonb", "resteasy-reactive",
        "resteasy-reactive-jackson", "resteasy-reactive-jsonb", "vertx-http", "undertow", "reactive-routes",
        "smallrye-graphql", "spring-web", "smallrye-health", "grpc", "websockets", "websockets-next", "qute-web",
    )
)  # fmt: skip
_HEALTH = "io.quarkus:quarkus-smallrye-health"
_METRICS = ("io.quarkus:quarkus-micrometer-registry-prometheus", "io.quarkus:quarkus-smallrye-metrics")
_FILES = [
    f"{place}application.{end}" for place in ("config/", "src/main/resources/") for end in ("properties", "yaml", "yml")
]
_QUESTIONS = {
    "liveness": ("liveness-path", "live"),
    "readiness": ("readiness-path", "ready"),
    "startup": ("startup-path", "started"),
}
DEFAULT_PORT = 8080
MANAGEMENT_PORT = 9000


def read(folder: ProjectFolder, project: JavaProject) -> Iterator[Fact]:
    """What the application says, where it is one of Quarkus."""
    library = project.plugin(*_PLUGINS) or project.of_group(_GROUPS)
    if library is None:
        return
    settings = _Own(read_settings(folder, _FILES))
    yield Fact("frameworks", ("quarkus",), library.source, "derived")
    name = settings.find("application.name")
    if name:
        yield Fact("name", name.value, name.source)
    http = project.library(*_HTTP)
    if http is None:
        yield Fact("kind", "worker", library.source, "derived")
        return
    yield Fact("kind", "web", http.source, "derived")
    yield from _ports(settings, http)
    yield from _questions(settings, project)


class _Own:
    """Quarkus' own settings: those of its profile for production before those for all."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def find(self, key: str) -> Setting | None:
        return self._settings.find(f"%prod.quarkus.{key}", f"quarkus.{key}")

    def word(self, key: str, default: str) -> str:
        setting = self.find(key)
        return setting.value if setting else default

    def port(self, key: str) -> tuple[int, Source] | None:
        return self._settings.port(f"%prod.quarkus.{key}", f"quarkus.{key}")

    @property
    def has_management(self) -> bool:
        """Whether questions about the application have a port of their own."""
        return self.word("management.enabled", "false") == "true"

    @property
    def base(self) -> str:
        """The path that all questions are below."""
        if self.has_management:
            return self.word("management.root-path", "/q").rstrip("/")
        root = self.word("http.root-path", "/").strip("/")
        other = self.word("http.non-application-root-path", "q")
        parts = other.strip("/") if other.startswith("/") else f"{root}/{other.strip('/')}"
        return f"/{parts.strip('/')}" if parts.strip("/") else ""


def _ports(settings: _Own, http: Library) -> Iterator[Fact]:
    said = settings.port("http.port")
    management = (settings.port("management.port") or (MANAGEMENT_PORT,))[0] if settings.has_management else 0
    if not said and not management:
        yield assumed_port(DEFAULT_PORT, http.source)
        return
    number, source = said or (DEFAULT_PORT, http.source)
    extra = [Port(management, "management")] if management else []
    yield Fact("ports", (Port(number, "http"), *extra), source, "declared" if said else "derived")


def _questions(settings: _Own, project: JavaProject) -> Iterator[Fact]:
    port = (settings.port("management.port") or (MANAGEMENT_PORT,))[0] if settings.has_management else None
    health = project.library(_HEALTH)
    if health is not None:
        root = settings.word("smallrye-health.root-path", "health")
        base = root.rstrip("/") if root.startswith("/") else f"{settings.base}/{root.strip('/')}"
        for name, (key, default) in _QUESTIONS.items():
            path = settings.word(f"smallrye-health.{key}", default)
            whole = path if path.startswith("/") else f"{base}/{path}"
            yield probe_fact(name, Route(whole, health.source, port=port))
    metrics = project.library(*_METRICS)
    if metrics is not None:
        yield Fact("metrics", Metrics(f"{settings.base}/metrics", port), metrics.source, "derived")
