"""What runs pods, and which images they run."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cdkit.api import Manifest

WORKLOADS = frozenset(
    {"CronJob", "DaemonSet", "Deployment", "Job", "Pod", "ReplicaSet", "ReplicationController", "StatefulSet"}
)
"""The kinds of Kubernetes itself that run pods."""


def workloads_of(objects: Iterable[Manifest]) -> list[Manifest]:
    """Those that run pods."""
    return [item for item in objects if item["kind"] in WORKLOADS]


def images_of(objects: Iterable[Manifest]) -> tuple[str, ...]:
    """The images that the containers of all workloads run, each once."""
    images = (container.get("image") for item in workloads_of(objects) for container in _containers(item))
    return tuple(dict.fromkeys(image for image in images if isinstance(image, str)))


def _containers(workload: Manifest) -> list[dict[str, Any]]:
    pod = workload.get("spec") or {}
    if workload["kind"] == "CronJob":
        pod = (pod.get("jobTemplate") or {}).get("spec") or {}
    if workload["kind"] != "Pod":
        pod = (pod.get("template") or {}).get("spec") or {}
    return [*(pod.get("initContainers") or ()), *(pod.get("containers") or ())]
