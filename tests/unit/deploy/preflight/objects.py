"""Objects to look at, and what is around them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from cdkit.api import Problem
from cdkit.models.kube import Manifest
from cdkit.testing import FakeCluster, FakeRegistry
from cdkit_deploy.preflight.finding import Doubt, Finding
from cdkit_deploy.preflight.surroundings import Surroundings

NAMESPACE = "shop"
IMAGE = "registry.example.org/web:1"


def made(kind: str, name: str, api_version: str = "v1", **fields: Any) -> Manifest:
    """An object in the namespace of these tests."""
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name, "namespace": NAMESPACE}, **fields}


def container(name: str = "web", **fields: Any) -> dict[str, Any]:
    """A container."""
    return {"name": name, "image": IMAGE, **fields}


def asking(cpu: str = "", memory: str = "", limits: dict[str, str] | None = None) -> dict[str, Any]:
    """Resources with requests of so much, and limits where they are named."""
    requests = {name: value for name, value in (("cpu", cpu), ("memory", memory)) if value}
    return {"resources": {"requests": requests, "limits": limits or {}}}


def deployment(
    *containers: dict[str, Any],
    name: str = "web",
    replicas: int = 1,
    strategy: dict[str, Any] | None = None,
    pod: dict[str, Any] | None = None,
) -> Manifest:
    """A Deployment; `pod` adds fields of the pod's spec."""
    labels = {"app": name}
    spec = {
        "replicas": replicas,
        "selector": {"matchLabels": labels},
        "strategy": strategy or {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
        "template": {
            "metadata": {"labels": labels},
            "spec": {"containers": list(containers or (container(),)), **(pod or {})},
        },
    }
    return made("Deployment", name, "apps/v1", spec=spec)


def node(name: str = "n1", *, cpu: str = "4", memory: str = "8Gi", arch: str = "amd64", **fields: Any) -> Manifest:
    """A node; `labels`, `annotations`, `taints` and `unschedulable` as in its manifest."""
    metadata = {"name": name, "labels": {"kubernetes.io/arch": arch, **fields.pop("labels", {})}}
    metadata |= {"annotations": fields.pop("annotations", {})}
    status = {
        "allocatable": {"cpu": cpu, "memory": memory, "pods": "110"},
        "nodeInfo": {"architecture": arch, "operatingSystem": "linux"},
    }
    return {"apiVersion": "v1", "kind": "Node", "metadata": metadata, "spec": fields, "status": status}


def around(*wanted: Manifest, live: Iterable[Manifest] = (), registry: FakeRegistry | None = None) -> Surroundings:
    """Objects to deploy to a cluster that holds others."""
    cluster = FakeCluster(NAMESPACE)
    for item in live:
        cluster.put(item)
    return Surroundings(cluster, lambda: registry or FakeRegistry(), NAMESPACE, wanted)


def problems(found: Iterable[Finding]) -> list[str]:
    """The messages of the problems."""
    return [finding.message for finding in found if isinstance(finding, Problem)]


def doubts(found: Iterable[Finding]) -> list[str]:
    """The messages of the doubts."""
    return [finding.message for finding in found if isinstance(finding, Doubt)]


def nothing(check: Callable[[Surroundings], Iterable[Finding]], surroundings: Surroundings) -> bool:
    """Whether a check finds nothing at all."""
    return not list(check(surroundings))
