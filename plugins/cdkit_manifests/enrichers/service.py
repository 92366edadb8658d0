"""The Service: a stable address for the pods."""

from __future__ import annotations

from typing import Any

import msgspec

from cdkit.api import Manifest, did_you_mean
from cdkit_manifests.draft import Draft
from cdkit_manifests.enrichers.controller import JOBS
from cdkit_manifests.enrichers.ports import NamedPort, named_ports
from cdkit_manifests.names import object_name
from cdkit_manifests.settings.parts import ServiceSettings
from cdkit_manifests.wish import Wish

SERVICE_PORTS = {"http": 80, "https": 443}
"""What a client takes that is told only a name."""
_INTERNAL = frozenset({"management", "metrics", "health", "jdwp", "debug"})
"""Ports that are for those who run the application, who ask the pods themselves."""


def enrich(wish: Wish, draft: Draft) -> None:
    """Put a Service before the pods, and the further ones that were said."""
    said = wish.settings.service
    if said is not False and draft.workload.kind not in JOBS:
        _own(wish, draft, said if isinstance(said, ServiceSettings) else ServiceSettings())
    for name, settings in wish.settings.services.items():
        path = ("services", name)
        full = settings.name or object_name(f"{wish.name}-{name}")
        ports = _chosen(wish, draft, settings, path)
        _add(wish, draft, full, settings, ports, path)


def service_ports(wish: Wish) -> list[tuple[str, int]]:
    """The names and numbers of the ports of the application's own Service."""
    said = wish.settings.service
    settings = said if isinstance(said, ServiceSettings) else ServiceSettings()
    return [(port.name, number) for port, number in _open(wish, settings)]


def _own(wish: Wish, draft: Draft, settings: ServiceSettings) -> None:
    _check_names(wish, draft, settings, ("service",))
    ports = _open(wish, settings)
    is_stateful = draft.workload.kind == "StatefulSet"
    if not ports and not is_stateful:
        if wish.source("service") is not None:
            draft.refuse("A Service needs a port, and none is known.", wish.source("service"), "Say `port`.")
        return
    name = settings.name or wish.name
    if is_stateful and settings.headless is None:
        settings = msgspec.structs.replace(settings, headless=True)
    _add(wish, draft, name, settings, ports, ("service",))
    if is_stateful:
        draft.workload.at("spec").put("serviceName", name, wish.source("service", "name"))


def _open(wish: Wish, settings: ServiceSettings) -> list[tuple[NamedPort, int]]:
    """The container's ports that the Service opens, each with its number there."""
    ports = named_ports(wish)
    first = next((port for port in ports if port.said.service is not False), None)
    numbers = {port.name: _number(port, settings, ports, is_first=port is first) for port in ports}
    return [(port, number) for port in ports if (number := numbers[port.name]) is not None]


def _number(port: NamedPort, settings: ServiceSettings, ports: list[NamedPort], *, is_first: bool) -> int | None:
    """What was said, else what a client takes that is told only a name; None for a port that stays closed."""
    said = port.said.service
    if port.name in settings.ports:
        return settings.ports[port.name]
    if said is False:
        return None
    if isinstance(said, int) and not isinstance(said, bool):
        return said
    if said is None and port.name in _INTERNAL and not is_first:
        return None
    if is_first and settings.port is not None:
        return settings.port
    usual = SERVICE_PORTS.get(port.name, port.number)
    return port.number if any(other.number == usual for other in ports if other is not port) else usual


def _chosen(wish: Wish, draft: Draft, settings: ServiceSettings, path: tuple[str, ...]) -> list[tuple[NamedPort, int]]:
    """The ports that a further Service names; the first one where it names none."""
    _check_names(wish, draft, settings, path)
    ports = named_ports(wish)
    if not settings.ports:
        return [(port, settings.port or SERVICE_PORTS.get(port.name, port.number)) for port in ports[:1]]
    return [(port, settings.ports[port.name]) for port in ports if port.name in settings.ports]


def _check_names(wish: Wish, draft: Draft, settings: ServiceSettings, path: tuple[str, ...]) -> None:
    known = [port.name for port in named_ports(wish)]
    for name in settings.ports:
        if name not in known:
            draft.refuse(f"There is no port {name!r}.", wish.source(*path, "ports", name), did_you_mean(name, known))


def _add(
    wish: Wish,
    draft: Draft,
    name: str,
    settings: ServiceSettings,
    ports: list[tuple[NamedPort, int]],
    path: tuple[str, ...],
) -> None:
    source = wish.source(*path)
    if object_name(name) != name:
        draft.refuse(f"{name!r} cannot be the name of a Service.", source, f"Use {object_name(name)!r}.")
        return
    manifest: Manifest = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": {}}
    if settings.annotations:
        manifest["metadata"]["annotations"] = dict(settings.annotations)
    service = draft.add(manifest, source)
    spec = service.at("spec")
    spec.put("type", settings.type or "ClusterIP", wish.source(*path, "type"))
    if settings.headless:
        spec.put("clusterIP", "None", wish.source(*path, "headless"))
        if settings.type not in {None, "ClusterIP"}:
            draft.refuse(f"A headless Service cannot be a {settings.type}.", wish.source(*path, "headless"))
    spec.put("selector", draft.selector)
    for port, number in ports:
        _check_free(draft, spec.value.get("ports", ()), port, number)
        spec.append("ports", _port(port, number), port.source)
    _write_traffic(settings, spec.value)


def _port(port: NamedPort, number: int) -> dict[str, Any]:
    entry = {"name": port.name, "port": number, "targetPort": port.name, "protocol": port.said.protocol}
    return entry | ({"nodePort": port.said.node} if port.said.node is not None else {})


def _check_free(draft: Draft, taken: Any, port: NamedPort, number: int) -> None:
    other = next((entry for entry in taken if (entry["port"], entry["protocol"]) == (number, port.said.protocol)), None)
    if other is not None:
        message = f"The ports {other['name']!r} and {port.name!r} would both be port {number} of the Service."
        draft.refuse(
            message, port.source, f"Say another one: `ports: {{{port.name}: {{port: {port.number}, service: N}}}}`."
        )


def _write_traffic(settings: ServiceSettings, spec: dict[str, Any]) -> None:
    if settings.affinity:
        spec["sessionAffinity"] = "ClientIP"
    if settings.keep_source_ip and settings.type in {"NodePort", "LoadBalancer"}:
        spec["externalTrafficPolicy"] = "Local"
