"""Ports: what is asked for has to be there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from cdkit.api import Manifest
from cdkit_manifests.fields import Field
from cdkit_manifests.validation.examined import Container, Examined, Pod, Wrong, below, entries, field_of

PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_HIGHEST = 65535
_NAME = re.compile(r"(?=.*[a-z])(?!.*--)[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_LONGEST_NAME = 15


def targets_of_services(examined: Examined) -> Iterator[Wrong]:
    """A Service's target port is one that its pods have; by number too, where they say which they have."""
    for item in examined.of_kind("Service"):
        pods = examined.selected(item["spec"].get("selector") or {"": ""})
        for field, port in entries(field_of(item, "spec", "ports"), item["spec"].get("ports")):
            target = port.get("targetPort", port.get("port"))
            if any(not _listens(pod, target) for pod in pods):
                yield below(field, "targetPort"), f"is {target!r}, and the pods have {_offered(pods)}"


def ports_of_probes(examined: Examined) -> Iterator[Wrong]:
    """A probe by a port's name asks a port of its own container."""
    for pod in examined.pods:
        for container in pod.containers:
            for probe in PROBES:
                for action in ("httpGet", "tcpSocket"):
                    port = ((container.value.get(probe) or {}).get(action) or {}).get("port")
                    if isinstance(port, str) and not port.isdecimal() and port not in _names(container):
                        yield (
                            container.field(probe, action, "port"),
                            f"is {port!r}, which no port of the container is called",
                        )


def numbers(examined: Examined) -> Iterator[Wrong]:
    """Ports are numbers from 1 to 65535."""
    for field, port in _all_numbers(examined):
        if isinstance(port, int) and not 0 < port <= _HIGHEST:
            yield field, f"is {port}; a port is a number from 1 to {_HIGHEST}"


def names(examined: Examined) -> Iterator[Wrong]:
    """Names of ports have 15 characters at most, and a letter among them."""
    for pod in examined.pods:
        for container in pod.containers:
            for field, port in container.entries("ports"):
                name = port.get("name")
                if name is not None and (len(name) > _LONGEST_NAME or not _NAME.fullmatch(name)):
                    yield below(field, "name"), f"is {name!r}"


def once(examined: Examined) -> Iterator[Wrong]:
    """A port stands once, by its number and protocol, and by its name."""
    for pod in examined.pods:
        found: list[tuple[Field, dict[str, Any]]] = []
        for container in pod.containers:
            yield from _repeated("containerPort", list(container.entries("ports")))
            found.extend(container.entries("ports"))
        yield from _repeated("name", found)
    for item in examined.of_kind("Service"):
        ports = list(entries(field_of(item, "spec", "ports"), item["spec"].get("ports")))
        yield from _repeated("port", ports)
        yield from _repeated("name", ports)
        yield from _nameless(ports)


def backends(examined: Examined) -> Iterator[Wrong]:
    """What an Ingress or an HTTPRoute leads to is a Service, and one of its ports."""
    for field, name, port in _backends(examined):
        service = examined.find("Service", name)
        if service is None and not examined.is_there("Service", name):
            yield field, f"leads to Service {name}, which is not there"
        elif service is not None and port is not None and port not in _ports(service):
            yield field, f"leads to port {port!r} of Service {name}, which has {_listed(_ports(service))}"


def _backends(examined: Examined) -> Iterator[tuple[Field, str, Any]]:
    """Where traffic is led to: the field, the Service's name, and the port's name or number."""
    for item in examined.of_kind("Ingress"):
        default = item["spec"].get("defaultBackend")
        found = [(field_of(item, "spec", "defaultBackend"), default)] if default else []
        for rule_field, rule in entries(field_of(item, "spec", "rules"), item["spec"].get("rules")):
            paths = entries(below(rule_field, "http", "paths"), (rule.get("http") or {}).get("paths"))
            found.extend((below(field, "backend"), path.get("backend") or {}) for field, path in paths)
        for field, backend in found:
            service = backend.get("service")
            if service:
                port = service.get("port") or {}
                yield field, service["name"], port.get("name", port.get("number"))
    for item in examined.of_kind("HTTPRoute"):
        spec = item.get("spec")
        rules = spec.get("rules") if isinstance(spec, dict) else None
        for rule_field, rule in entries(field_of(item, "spec", "rules"), rules):
            for field, backend in entries(below(rule_field, "backendRefs"), rule.get("backendRefs")):
                if backend.get("kind", "Service") == "Service" and not backend.get("namespace"):
                    yield field, str(backend.get("name")), backend.get("port")


def _ports(service: Manifest) -> list[Any]:
    """The numbers and the names of a Service's ports."""
    ports = service["spec"].get("ports") or []
    return [port["port"] for port in ports] + [port["name"] for port in ports if "name" in port]


def _listens(pod: Pod, target: Any) -> bool:
    containers = list(pod.containers)
    if isinstance(target, str):
        return any(target in _names(container) for container in containers)
    known = [port.get("containerPort") for container in containers for _, port in container.entries("ports")]
    return not known or target in known


def _names(container: Container) -> list[str]:
    return [port["name"] for _, port in container.entries("ports") if "name" in port]


def _offered(pods: list[Pod]) -> str:
    ports = [port for pod in pods for container in pod.containers for _, port in container.entries("ports")]
    return _listed([port.get("name", port.get("containerPort")) for port in ports])


def _listed(values: list[Any]) -> str:
    return ", ".join(map(repr, dict.fromkeys(values))) or "none"


def _repeated(key: str, ports: list[tuple[Field, dict[str, Any]]]) -> Iterator[Wrong]:
    seen = set()
    for field, port in ports:
        value = port.get(key)
        identity = value if key == "name" else (value, port.get("protocol", "TCP"))
        if value is not None and identity in seen:
            yield below(field, key), f"is {value!r}, as of another port"
        seen.add(identity)


def _nameless(ports: list[tuple[Field, dict[str, Any]]]) -> Iterator[Wrong]:
    for field, port in ports if len(ports) > 1 else []:
        if not port.get("name"):
            yield below(field, "name"), "is missing; of several ports each needs one"


def _all_numbers(examined: Examined) -> Iterator[tuple[Field, Any]]:
    for pod in examined.pods:
        for container in pod.containers:
            for field, port in container.entries("ports"):
                yield below(field, "containerPort"), port.get("containerPort")
            for probe in PROBES:
                for action, target in (container.value.get(probe) or {}).items():
                    if isinstance(target, dict):
                        yield container.field(probe, action, "port"), target.get("port")
    for item in examined.of_kind("Service"):
        for field, port in entries(field_of(item, "spec", "ports"), item["spec"].get("ports")):
            yield below(field, "port"), port.get("port")
            yield below(field, "targetPort"), port.get("targetPort")
