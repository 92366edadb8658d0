"""The way from outside the cluster: an Ingress, or an HTTPRoute of the Gateway API.

https://kubernetes.io/docs/concepts/services-networking/ingress/ and https://gateway-api.sigs.k8s.io/api-types/httproute/
"""

from __future__ import annotations

import re
from typing import Any

from cdkit.api import Manifest, Source
from cdkit_manifests.draft import Draft
from cdkit_manifests.enrichers.service import service_ports
from cdkit_manifests.settings.parts import IngressSettings, ServiceSettings
from cdkit_manifests.wish import Known, Wish

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"(?:\*\.)?{_LABEL}(?:\.{_LABEL})*")
LONGEST_DOMAIN = 253


def enrich(wish: Wish, draft: Draft) -> None:
    """Lead the domain to the Service."""
    said = wish.settings.ingress
    domain = wish.known("domain")
    domains = [domain.value] if isinstance(domain.value, str) else list(domain.value or ())
    domains = [name for name in domains if name]
    if said is False or not domains:
        if said:
            draft.refuse("The way from outside needs a `domain`.", wish.source("ingress"))
        return
    settings = said if isinstance(said, IngressSettings) else IngressSettings()
    _check(draft, domains, domain.source)
    port = _port(wish, draft, settings)
    if port is None:
        draft.refuse("A domain leads to a port, and none is known.", domain.source, "Say `port`.")
        return
    if settings.by == "HTTPRoute" or (settings.by is None and settings.gateway):
        _route(wish, draft, settings, Known(domains, domain.source), port)
    else:
        _ingress(wish, draft, settings, Known(domains, domain.source), port)


def _check(draft: Draft, domains: list[str], source: Source | None) -> None:
    for domain in domains:
        if len(domain) > LONGEST_DOMAIN or not _DOMAIN.fullmatch(domain):
            draft.refuse(f"{domain!r} is no domain.", source, "Write it like shop.example.com, in lower case.")


def _port(wish: Wish, draft: Draft, settings: IngressSettings) -> tuple[str, int] | None:
    ports = service_ports(wish) if draft.find("Service", _service(wish)) else []
    if settings.port is None:
        return ports[0] if ports else None
    found = next((port for port in ports if settings.port in {port[0], str(port[1])}), None)
    if found is None and ports:
        names = ", ".join(name for name, _ in ports)
        draft.refuse(f"The Service has no port {settings.port!r}.", wish.source("ingress", "port"), f"It has: {names}.")
        return ports[0]
    return found


def _service(wish: Wish) -> str:
    said = wish.settings.service
    return (said.name if isinstance(said, ServiceSettings) else "") or wish.name


def _ingress(wish: Wish, draft: Draft, settings: IngressSettings, domains: Known, port: tuple[str, int]) -> None:
    backend = {"service": {"name": _service(wish), "port": {"name": port[0]}}}
    path = {"path": settings.path or "/", "pathType": "Prefix", "backend": backend}
    ingress = draft.add(_bare(wish, settings, "networking.k8s.io/v1", "Ingress"), wish.source("ingress"))
    spec = ingress.at("spec")
    if settings.class_name:
        spec.put("ingressClassName", settings.class_name, wish.source("ingress", "class_name"))
    for domain in domains.value:
        spec.append("rules", {"host": domain, "http": {"paths": [path]}}, domains.source)
    if settings.tls is not False:
        secret = settings.tls if isinstance(settings.tls, str) and settings.tls else f"{wish.name}-tls"
        spec.append("tls", {"hosts": domains.value, "secretName": secret}, wish.source("ingress", "tls"))


def _route(wish: Wish, draft: Draft, settings: IngressSettings, domains: Known, port: tuple[str, int]) -> None:
    if not settings.gateway:
        draft.refuse("An HTTPRoute needs a Gateway.", wish.source("ingress"), "Say `ingress: {gateway: NAME}`.")
    namespace, _, name = settings.gateway.rpartition("/")
    parent = {"name": name} | ({"namespace": namespace} if namespace else {})
    route = draft.add(_bare(wish, settings, "gateway.networking.k8s.io/v1", "HTTPRoute"), wish.source("ingress"))
    spec = route.at("spec")
    spec.append("parentRefs", parent, wish.source("ingress", "gateway"))
    spec.put("hostnames", domains.value, domains.source)
    match = {"path": {"type": "PathPrefix", "value": settings.path or "/"}}
    spec.put("rules", [{"matches": [match], "backendRefs": [{"name": _service(wish), "port": port[1]}]}])


def _bare(wish: Wish, settings: IngressSettings, api_version: str, kind: str) -> Manifest:
    metadata: dict[str, Any] = {"name": wish.name}
    if settings.annotations:
        metadata["annotations"] = dict(settings.annotations)
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata}
