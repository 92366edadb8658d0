"""The pods that a set of manifests will make: what of, how many, and how many at once while they are replaced."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from cdkit.api import Manifest, ObjectRef

DEFAULT_SURGE = "25%"
"""https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#max-surge"""


class PodTemplate(msgspec.Struct, frozen=True):
    """The pods of one workload.

    Attributes:
        owner: the workload, or the Pod itself.
        metadata: the labels and annotations of the pods.
        spec: what a pod runs.
        replicas: how many there shall be.
        surge: how many more a rolling update may have for a while.
        unavailable: how many fewer it may have; with none of these, one more has to fit before one goes.
    """

    owner: ObjectRef
    metadata: dict[str, Any]
    spec: dict[str, Any]
    replicas: int
    surge: int = 0
    unavailable: int = 0

    @property
    def containers(self) -> list[dict[str, Any]]:
        """All containers, those that run first included."""
        return [*self.spec.get("initContainers", ()), *self.spec.get("containers", ())]


def pod_templates(manifests: Iterable[Manifest], nodes: int = 1) -> Iterator[PodTemplate]:
    """The pods of each manifest that makes any.

    Args:
        manifests: objects of any kind.
        nodes: how many nodes there are: a DaemonSet makes a pod for each.
    """
    for manifest in manifests:
        template = template_of(manifest, nodes)
        if template is not None:
            yield template


def template_of(manifest: Manifest, nodes: int = 1) -> PodTemplate | None:
    """The pods that one object makes, or None when it makes none."""
    ref, spec = ObjectRef.of(manifest), manifest.get("spec") or {}
    match manifest["kind"]:
        case "Pod":
            return PodTemplate(ref, manifest["metadata"], spec, 1)
        case "Deployment":
            replicas = _replicas(spec)
            surge, unavailable = _rolling(spec, replicas)
            return _templated(ref, spec, replicas, surge, unavailable)
        case "StatefulSet" | "ReplicaSet" | "ReplicationController":
            # A StatefulSet removes a pod before it makes the next one of the same name.
            return _templated(ref, spec, _replicas(spec), 0, 1)
        case "DaemonSet":
            return _templated(ref, spec, nodes, 0, 1)
        case "Job":
            return _templated(ref, spec, spec.get("parallelism", 1))
        case "CronJob":
            job = (spec.get("jobTemplate") or {}).get("spec") or {}
            return _templated(ref, job, job.get("parallelism", 1))
    return None


def _templated(
    ref: ObjectRef, spec: dict[str, Any], replicas: int, surge: int = 0, unavailable: int = 0
) -> PodTemplate | None:
    template = spec.get("template") or {}
    pod = template.get("spec")
    return PodTemplate(ref, template.get("metadata") or {}, pod, replicas, surge, unavailable) if pod else None


def _replicas(spec: dict[str, Any]) -> int:
    replicas = spec.get("replicas")
    return 1 if replicas is None else int(replicas)


def _rolling(spec: dict[str, Any], replicas: int) -> tuple[int, int]:
    strategy = spec.get("strategy") or {}
    if strategy.get("type") == "Recreate":
        return 0, replicas
    rolling = strategy.get("rollingUpdate") or {}
    surge = share_of(rolling.get("maxSurge", DEFAULT_SURGE), replicas, math.ceil)
    unavailable = share_of(rolling.get("maxUnavailable", DEFAULT_SURGE), replicas, math.floor)
    # Where both round to nothing, Kubernetes itself takes one away at a time.
    return surge, max(unavailable, 1) if not surge else unavailable


def share_of(value: int | str, total: int, rounded: Callable[[float], int]) -> int:
    """A number, or a percentage of a total, as `maxSurge` and `minAvailable` are written.

    Args:
        value: `2` or `"25%"`.
        total: what the percentage is of.
        rounded: `math.ceil` or `math.floor`.
    """
    if isinstance(value, str) and value.endswith("%"):
        return rounded(int(value[:-1]) * total / 100)
    return int(value)
