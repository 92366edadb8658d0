"""Whether an Ingress leads to Services that are there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from cdkit.diagnosis.replicas import unfinished
from cdkit.diagnosis.verdict import Cause, Patience, Verdict
from cdkit.diagnosis.wording import evidence
from cdkit.models.kube import Manifest

SERVICE_COMES_LATER = Patience.after(30)
"""Time for a Service that somebody else makes."""


class _Backend(NamedTuple):
    """Where an Ingress leads to: a Service, and its port by number or by name."""

    service: str
    port: int | str | None


def diagnose_ingress(ingress: Manifest, services: Iterable[Manifest]) -> Verdict:
    """Judge one look at an Ingress: each Service that it leads to is there, with the port that it names.

    Whether it has an address decides nothing: many controllers never write one. Who needs one waits for it by the
    annotation `cdkit.dev/ready-jsonpath: '{.status.loadBalancer.ingress[0]}'`.

    Args:
        ingress: the Ingress, of `networking.k8s.io/v1` or older.
        services: Services of its namespace.
    """
    name = ingress["metadata"]["name"]
    ports = {item["metadata"]["name"]: _ports(item) for item in services}
    causes = [_missing(name, backend, ports) for backend in dict.fromkeys(_backends(ingress.get("spec") or {}))]
    found = tuple(cause for cause in causes if cause is not None)
    if found:
        return unfinished(f"Ingress {name} leads to what is not there", found)
    addresses = ((ingress.get("status") or {}).get("loadBalancer") or {}).get("ingress") or ()
    at = ", ".join(item.get("hostname") or item.get("ip") or "" for item in addresses)
    return Verdict("succeeded", f"Ingress {name} has the address {at}" if at else f"Ingress {name} has no address yet")


def _backends(spec: dict[str, Any]) -> Iterator[_Backend]:
    default = spec.get("defaultBackend") or spec.get("backend")
    paths = [path for rule in spec.get("rules") or () for path in (rule.get("http") or {}).get("paths") or ()]
    for backend in (default, *(path.get("backend") for path in paths)):
        service = (backend or {}).get("service")
        if service:
            port = service.get("port") or {}
            yield _Backend(service["name"], port.get("number") or port.get("name"))
        elif backend and backend.get("serviceName"):
            yield _Backend(backend["serviceName"], backend.get("servicePort"))


def _ports(service: Manifest) -> set[int | str | None]:
    ports = (service.get("spec") or {}).get("ports") or ()
    return {port.get(key) for port in ports for key in ("port", "name")}


def _missing(name: str, backend: _Backend, ports: dict[str, set[int | str | None]]) -> Cause | None:
    known = ports.get(backend.service)
    if known is None:
        why = f"the Service {backend.service}, which does not exist"
    elif backend.port is not None and known and backend.port not in known:
        why = f"the port {backend.port} of the Service {backend.service}, which has no such port"
    else:
        return None
    return Cause(
        id="ingress-backend-missing",
        sentence=f"Ingress {name} leads to {why}.",
        subject=f"Ingress {name}",
        evidence=evidence(f"backend: Service {backend.service}, port {backend.port}"),
        remedy="Create the Service, or correct its name or port in the Ingress.",
        patience=SERVICE_COMES_LATER,
    )
