"""The order in which objects can be applied: what others refer to comes first, what leads traffic to pods last."""

from __future__ import annotations

from collections.abc import Sequence

from cdkit.api import Manifest

_FIRST = (
    "Namespace",
    "ResourceQuota",
    "LimitRange",
    "CustomResourceDefinition",
    "PriorityClass",
    "ServiceAccount",
    "ClusterRole",
    "ClusterRoleBinding",
    "Role",
    "RoleBinding",
    "NetworkPolicy",
    "Secret",
    "ConfigMap",
    "StorageClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "Service",
)
_LAST = (
    "Deployment",
    "StatefulSet",
    "DaemonSet",
    "Job",
    "CronJob",
    "PodDisruptionBudget",
    "HorizontalPodAutoscaler",
    "Ingress",
    "HTTPRoute",
    "ServiceMonitor",
    "PodMonitor",
)


def in_apply_order(objects: Sequence[Manifest]) -> list[Manifest]:
    """The objects in an order in which they can be applied; of one kind by name. Unknown kinds go before workloads."""
    return sorted(objects, key=lambda item: (_place(item["kind"]), item["kind"], item["metadata"]["name"]))


def _place(kind: str) -> int:
    if kind in _FIRST:
        return _FIRST.index(kind)
    return len(_FIRST) + 1 + _LAST.index(kind) if kind in _LAST else len(_FIRST)
