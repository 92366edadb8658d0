"""What scales pods by itself."""

from __future__ import annotations

from collections.abc import Iterator

from cdkit_manifests.validation.examined import Examined, Wrong, field_of


def targets(examined: Examined) -> Iterator[Wrong]:
    """What a HorizontalPodAutoscaler scales is there."""
    for item in examined.of_kind("HorizontalPodAutoscaler"):
        target = item["spec"]["scaleTargetRef"]
        if not examined.is_there(target["kind"], target["name"]):
            yield (
                field_of(item, "spec", "scaleTargetRef"),
                f"means {target['kind']} {target['name']}, which is not there",
            )


def owners(examined: Examined) -> Iterator[Wrong]:
    """What is scaled by itself says no number of pods: each deployment would take it back to that."""
    for item in examined.of_kind("HorizontalPodAutoscaler"):
        target = item["spec"]["scaleTargetRef"]
        scaled = examined.find(target["kind"], target["name"])
        if scaled is not None and scaled["spec"].get("replicas") is not None:
            field = field_of(scaled, "spec", "replicas")
            yield (
                field,
                f"is {scaled['spec']['replicas']}, and HorizontalPodAutoscaler {item['metadata']['name']} decides that",
            )


def bounds(examined: Examined) -> Iterator[Wrong]:
    """The fewest pods are not more than the most."""
    for item in examined.of_kind("HorizontalPodAutoscaler"):
        fewest, most = item["spec"].get("minReplicas", 1), item["spec"]["maxReplicas"]
        if fewest > most:
            yield field_of(item, "spec", "minReplicas"), f"is {fewest}, more than `maxReplicas`, which is {most}"


def budgets(examined: Examined) -> Iterator[Wrong]:
    """A PodDisruptionBudget leaves a pod that may go: else no node can ever be emptied."""
    for item in examined.of_kind("PodDisruptionBudget") if examined.complete else ():
        selector = (item["spec"].get("selector") or {}).get("matchLabels") or {}
        pods = sum(
            pod.item["spec"].get("replicas", 1) for pod in examined.selected(selector) if _is_counted(pod.item["kind"])
        )
        fewest = item["spec"].get("minAvailable")
        scaled = any(examined.of_kind("HorizontalPodAutoscaler"))
        if isinstance(fewest, int) and pods and fewest >= pods and not scaled:
            yield field_of(item, "spec", "minAvailable"), f"is {fewest}, of {pods} pods"


def _is_counted(kind: str) -> bool:
    return kind in {"Deployment", "StatefulSet"}
