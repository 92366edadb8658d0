"""Helidon, in both flavours: MP with annotations, SE without.

https://helidon.io/docs/latest/mp/health, https://helidon.io/docs/latest/se/health
"""

from __future__ import annotations

from collections.abc import Iterator

from cdkit.api import Fact, Metrics, Port, ProjectFolder
from cdkit_manifests.readers.java.model import JavaProject
from cdkit_manifests.readers.java.settings import read_settings
from cdkit_manifests.recognise.frameworks import assumed_port
from cdkit_manifests.recognise.health import Route, probe_fact

_MP = ("io.helidon.microprofile", "io.helidon.microprofile.bundles")
_SE = ("io.helidon.webserver",)
_PARENTS = ("io.helidon.applications:helidon-mp", "io.helidon.applications:helidon-se")
_MP_HEALTH = (
    "io.helidon.microprofile.health:helidon-microprofile-health",
    "io.helidon.microprofile.bundles:helidon-microprofile",
)
_MP_METRICS = (
    "io.helidon.microprofile.metrics:helidon-microprofile-metrics",
    "io.helidon.microprofile.bundles:helidon-microprofile",
)
_SE_HEALTH = ("io.helidon.webserver.observe:helidon-webserver-observe-health",)
_SE_METRICS = ("io.helidon.webserver.observe:helidon-webserver-observe-metrics",)
_FILES = (
    "src/main/resources/META-INF/microprofile-config.properties",
    "src/main/resources/application.yaml",
    "src/main/resources/application.properties",
)
_QUESTIONS = {"liveness": "live", "readiness": "ready", "startup": "started"}
MP_PORT = 7001


def read(folder: ProjectFolder, project: JavaProject) -> Iterator[Fact]:
    """What the application says, where it is one of Helidon."""
    parent = project.library(*_PARENTS)
    micro = project.of_group(_MP)
    library = parent or micro or project.of_group(_SE)
    if library is None:
        return
    is_mp = micro is not None or project.library(_PARENTS[0]) is not None
    settings = read_settings(folder, _FILES)
    yield Fact("frameworks", ("helidon-mp" if is_mp else "helidon-se",), library.source, "derived")
    yield Fact("kind", "web", library.source, "derived")
    port = settings.port("server.port")
    if port:
        yield Fact("ports", (Port(port[0], "http"),), port[1])
    elif is_mp:
        yield assumed_port(MP_PORT, library.source)
    yield from _questions(project, is_mp=is_mp)


def _questions(project: JavaProject, *, is_mp: bool) -> Iterator[Fact]:
    """SE 4 has all of them below /observe; MP where MicroProfile wants them."""
    base = "" if is_mp else "/observe"
    health = project.library(*(_MP_HEALTH if is_mp else _SE_HEALTH))
    if health is not None:
        for name, word in _QUESTIONS.items():
            yield probe_fact(name, Route(f"{base}/health/{word}", health.source))
    metrics = project.library(*(_MP_METRICS if is_mp else _SE_METRICS))
    if metrics is not None:
        yield Fact("metrics", Metrics(f"{base}/metrics"), metrics.source, "derived")
