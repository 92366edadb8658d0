"""Open Liberty, by its server.xml.

https://openliberty.io/docs/latest/health-check-microservices.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cdkit.api import Fact, Metrics, Port, ProjectFolder, Source
from cdkit_manifests.readers.java.model import JavaProject
from cdkit_manifests.reading.xml_file import Element, read_xml
from cdkit_manifests.recognise.commands import port_of_address
from cdkit_manifests.recognise.frameworks import assumed_port
from cdkit_manifests.recognise.health import Route, probe_fact

SERVER = "src/main/liberty/config/server.xml"
_PLUGINS = ("io.openliberty.tools:liberty-maven-plugin", "io.openliberty.tools.gradle.Liberty", "liberty")
_VARIABLE = re.compile(r"\$\{([\w.]+)\}")
_HEALTH = re.compile(r"(?:mpHealth|microProfile)-(\d+(?:\.\d+)?)", re.IGNORECASE)
_METRICS = re.compile(r"(?:mpMetrics|microProfile)-[\d.]+", re.IGNORECASE)
_STARTUP_SINCE = {"mphealth": 3.1, "microprofile": 5.0}
DEFAULT_PORT = 9080


def read(folder: ProjectFolder, project: JavaProject) -> Iterator[Fact]:
    """What the server is told, where it is one of Liberty."""
    plugin = project.plugin(*_PLUGINS)
    if plugin is None and not folder.has(SERVER):
        return
    place = plugin.source if plugin else Source(SERVER)
    server = read_xml(folder, SERVER, "server")
    yield Fact("frameworks", ("open-liberty",), place, "derived")
    yield Fact("kind", "web", place, "derived")
    yield from _ports(server, project, place)
    yield from _questions(server)


def _ports(server: Element, project: JavaProject, place: Source) -> Iterator[Fact]:
    endpoint = server.first("httpEndpoint")
    values = {variable.attributes.get("name", ""): _value(variable) for variable in server.all("variable")}
    values |= {name.removeprefix("liberty.var."): value for name, value in project.properties.items()}
    found = []
    for attribute, name in (("httpPort", "http"), ("httpsPort", "https")):
        given = endpoint.attributes.get(attribute, "")
        number = port_of_address(_VARIABLE.sub(lambda match: values.get(match[1], ""), given))
        found += [Port(number, name)] if number else []
    if found:
        yield Fact("ports", tuple(found), endpoint.source(SERVER, "httpEndpoint"))
    else:
        yield assumed_port(DEFAULT_PORT, place)


def _value(variable: Element) -> str:
    return variable.attributes.get("value") or variable.attributes.get("defaultValue", "")


def _questions(server: Element) -> Iterator[Fact]:
    for feature in server.all("featureManager", "feature"):
        health = _HEALTH.fullmatch(feature.text)
        source = feature.source(SERVER, feature.text)
        if health:
            words = {"liveness": "live", "readiness": "ready"}
            if float(health[1]) >= _STARTUP_SINCE[feature.text.partition("-")[0].lower()]:
                words["startup"] = "started"
            for name, word in words.items():
                yield probe_fact(name, Route(f"/health/{word}", source))
        # By default figures are only for those who log in.
        is_open = server.first("mpMetrics").attributes.get("authentication") == "false"
        if is_open and _METRICS.fullmatch(feature.text):
            yield Fact("metrics", Metrics(), source, "derived")
