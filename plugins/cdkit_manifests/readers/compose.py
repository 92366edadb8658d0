"""A compose file: how the application is run elsewhere.

https://docs.docker.com/reference/compose-file/services/
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from cdkit.api import EnvVar, Fact, Port, Probe, ProjectFolder, Source
from cdkit_manifests.readers.docker.health import probe_of
from cdkit_manifests.reading.data_file import DataFile, as_table, as_word, as_words
from cdkit_manifests.reading.yaml_file import read_yaml
from cdkit_manifests.recognise.commands import HIGHEST_PORT
from cdkit_manifests.recognise.secrets import may_be_secret

FILES = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")
_PORT = re.compile(r"(?:.*:)?(\d{1,5})(?:/(tcp|udp))?")
_DEFAULT = re.compile(r"\$\{\w+:?-([^}]*)\}")


def read(folder: ProjectFolder) -> Iterator[Fact]:
    """What the file says of the service that is built from the project.

    Raises:
        InvalidInput: it is no YAML.
    """
    file = next(filter(folder.has, FILES), "")
    for document in read_yaml(folder, file)[:1] if file else []:
        yield from document.word_facts({"name": ("name",)}, "derived")
        service = _own_service(document)
        if service:
            yield from _Service(document, service).facts()


def _own_service(document: DataFile) -> str:
    """The service that is built here; where several are, none of them is certainly the project."""
    built = [name for name, service in document.table("services").items() if _is_built_here(as_table(service))]
    return built[0] if len(built) == 1 else ""


def _is_built_here(service: Mapping[str, Any]) -> bool:
    build = service.get("build")
    context = build.get("context", ".") if isinstance(build, Mapping) else build
    return context in {".", "./"} if isinstance(context, str) else False


class _Service:
    """Gives the facts of one service."""

    def __init__(self, document: DataFile, name: str) -> None:
        self._document = document
        self._name = name
        self._service = document.table("services", name)

    def facts(self) -> Iterator[Fact]:
        """All of them."""
        yield from self._ports()
        yield from self._environment()
        yield from self._health()
        yield from self._volumes()
        others = self._service.get("depends_on")
        names = tuple(as_table(others)) or as_words(others)
        if names:
            yield Fact("depends_on", names, self._source("depends_on"))
        replicas = as_table(self._service.get("deploy")).get("replicas")
        if isinstance(replicas, int) and not isinstance(replicas, bool) and replicas > 0:
            yield Fact("replicas", replicas, self._source("deploy", "replicas"))
        signal = as_word(self._service.get("stop_signal"))
        if signal:
            yield Fact("stop_signal", signal, self._source("stop_signal"))

    def _source(self, *keys: str) -> Source:
        return self._document.source("services", self._name, *keys, note=".".join((self._name, *keys)))

    def _ports(self) -> Iterator[Fact]:
        """The ports of the container: what they are on the machine is for that machine alone."""
        ports: dict[int, Port] = {}
        for key in ("ports", "expose"):
            given = self._service.get(key)
            for item in given if isinstance(given, list) else ():
                port = _port(item)
                if port:
                    ports.setdefault(port.number, port)
        if ports:
            yield Fact("ports", tuple(ports.values()), self._source("ports" if "ports" in self._service else "expose"))

    def _environment(self) -> Iterator[Fact]:
        given = self._service.get("environment")
        pairs = (
            [(str(name), value) for name, value in given.items()]
            if isinstance(given, Mapping)
            else [
                (name, value if is_set else None) for name, is_set, value in (w.partition("=") for w in as_words(given))
            ]
        )
        variables = tuple(_variable(name, value) for name, value in pairs)
        if variables:
            yield Fact("env", variables, self._source("environment"), "derived")

    def _health(self) -> Iterator[Fact]:
        given = as_table(self._service.get("healthcheck"))
        test = given.get("test")
        if given.get("disable") is True or not test:
            return
        command = _command(test)
        options = " ".join(f"--{key.replace('_', '-')}={given[key]}" for key in _TIMES if key in given)
        probe = probe_of(f"{options} CMD {command}", ["/bin/sh", "-c"]) if command else None
        if probe is not None:
            source = self._source("healthcheck")
            yield Fact("liveness", probe, source, "derived")
            yield Fact("readiness", _without_patience(probe), source, "derived")

    def _volumes(self) -> Iterator[Fact]:
        """Folders that outlive the container. What is bound to a folder of the machine is there for development."""
        given = self._service.get("volumes")
        paths = tuple(path for item in (given if isinstance(given, list) else ()) if (path := _volume(item)))
        if paths:
            yield Fact("volumes", paths, self._source("volumes"))


_TIMES = ("interval", "timeout", "start_period", "retries")


def _command(test: Any) -> str:
    """The argument of HEALTHCHECK CMD that asks the same."""
    if isinstance(test, str):
        return test
    words = list(as_words(test))
    if words[:1] == ["CMD-SHELL"]:
        return " ".join(words[1:])
    return json.dumps(words[1:]) if words[:1] == ["CMD"] else ""


def _without_patience(probe: Probe) -> Probe:
    return msgspec.structs.replace(probe, initial_delay=None, period=None, failures=None)


def _port(item: Any) -> Port | None:
    if isinstance(item, Mapping):
        number, protocol = str(item.get("target", "")), str(item.get("protocol", "tcp"))
    else:
        match = _PORT.fullmatch(_DEFAULT.sub(r"\1", str(item)))
        number, protocol = (match[1], match[2] or "tcp") if match else ("", "")
    if not number.isdigit() or not 0 < int(number) <= HIGHEST_PORT:
        return None
    return Port(int(number), protocol="UDP" if protocol == "udp" else "TCP")


def _variable(name: str, value: Any) -> EnvVar:
    """A variable; its value only where it is a plain one that is no secret."""
    if value is None:
        return EnvVar(name)
    text = str(value).lower() if isinstance(value, bool) else str(value)
    default = _DEFAULT.fullmatch(text)
    text = default[1] if default else text
    return EnvVar(name) if "$" in text or may_be_secret(name, text) else EnvVar(name, text)


def _volume(item: Any) -> str:
    if isinstance(item, Mapping):
        return str(item.get("target", "")) if item.get("type") == "volume" else ""
    source, _, rest = str(item).partition(":")
    if not rest:
        return source if source.startswith("/") else ""
    return rest.partition(":")[0] if not source.startswith((".", "/", "~", "$")) else ""
