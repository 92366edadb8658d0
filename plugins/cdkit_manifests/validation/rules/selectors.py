"""Selectors and the labels that they select by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cdkit_manifests.validation.examined import Examined, Wrong, field_of

_WITH_SELECTOR = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet")


def own_pods(examined: Examined) -> Iterator[Wrong]:
    """A workload has to select the pods that it makes, or the API server refuses it."""
    for pod in examined.pods:
        if pod.item["kind"] in _WITH_SELECTOR:
            for key, value in _match_labels(pod.item["spec"].get("selector")).items():
                if pod.labels.get(key) != value:
                    field = field_of(pod.item, "spec", "selector", "matchLabels", key)
                    yield field, f"is {value!r}, and the label of the pods is {pod.labels.get(key)!r}"


def pods_of_services(examined: Examined) -> Iterator[Wrong]:
    """A Service without pods answers nobody."""
    for item in examined.of_kind("Service") if examined.complete else ():
        selector = item["spec"].get("selector")
        if selector and item["spec"].get("type") != "ExternalName" and not examined.selected(selector):
            yield field_of(item, "spec", "selector"), "matches no pods of these manifests"


def pods_of_budgets(examined: Examined) -> Iterator[Wrong]:
    """A PodDisruptionBudget without pods protects nothing."""
    for item in examined.of_kind("PodDisruptionBudget") if examined.complete else ():
        selector = item["spec"].get("selector") or {}
        if not selector.get("matchExpressions") and not examined.selected(_match_labels(selector)):
            yield field_of(item, "spec", "selector"), "matches no pods of these manifests"


def _match_labels(selector: Any) -> dict[str, str]:
    return (selector or {}).get("matchLabels") or {}
