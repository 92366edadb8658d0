"""Where the pods are in an object that runs some."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cdkit.api import Manifest
from cdkit_manifests.fields import FieldPath

_TEMPLATE: FieldPath = ("spec", "template")
TEMPLATES: dict[str, FieldPath] = {
    "Pod": (),
    "Deployment": _TEMPLATE,
    "StatefulSet": _TEMPLATE,
    "DaemonSet": _TEMPLATE,
    "ReplicaSet": _TEMPLATE,
    "ReplicationController": _TEMPLATE,
    "Job": _TEMPLATE,
    "CronJob": ("spec", "jobTemplate", *_TEMPLATE),
}
"""The way to the pod template in each kind that has one; a Pod is its own."""

CONTAINER_LISTS = ("initContainers", "containers")


def template_of(item: Manifest) -> dict[str, Any] | None:
    """The pod template of an object; None where it runs no pods."""
    way = TEMPLATES.get(item["kind"])
    if way is None:
        return None
    template: Any = item
    for step in way:
        template = template.get(step) if isinstance(template, dict) else None
    return template if isinstance(template, dict) else None


def pod_path(item: Manifest) -> FieldPath:
    """The way to the pod's spec in an object that runs pods."""
    return (*TEMPLATES[item["kind"]], "spec")


def containers_of(template: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All containers of a pod template, those that run first before the others."""
    spec = template.get("spec") or {}
    for field in CONTAINER_LISTS:
        yield from spec.get(field) or ()
