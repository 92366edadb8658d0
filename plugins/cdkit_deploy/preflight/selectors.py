"""The selector of a workload stays what it is: the API server never lets it change.

https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#label-selector-updates
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cdkit.api import ObjectRef, Problem
from cdkit_deploy.preflight.finding import Finding
from cdkit_deploy.preflight.labels import selects
from cdkit_deploy.preflight.surroundings import Surroundings

FIXED = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet")


def findings(around: Surroundings) -> Iterator[Finding]:
    """A problem for each workload whose selector would change, or does not select its own pods."""
    for item in around.wanted:
        if item["kind"] not in FIXED:
            continue
        ref, spec = ObjectRef.of(item), item.get("spec") or {}
        selector = spec.get("selector") or {}
        labels = ((spec.get("template") or {}).get("metadata") or {}).get("labels") or {}
        live = around.live(ref)
        if not selects(selector, labels):
            message = f"The selector of {ref} ({_said(selector)}) does not select its own pods ({_labels(labels)})."
            yield Problem(message, None, "Let the pod template have the labels of the selector.")
        elif live is not None and live["spec"]["selector"] != selector:
            was = _said(live["spec"]["selector"])
            message = (
                f"The selector of {ref} is {was} in the cluster and would become {_said(selector)}: it cannot change."
            )
            yield Problem(message, None, "Keep the selector, or delete and create the workload with `recreate`.")


def _said(selector: dict[str, Any]) -> str:
    parts = [_labels(selector.get("matchLabels") or {})] if selector.get("matchLabels") else []
    parts += [
        " ".join([item["key"], item["operator"], *item.get("values", ())])
        for item in selector.get("matchExpressions") or ()
    ]
    return ", ".join(parts) or "empty"


def _labels(labels: dict[str, str]) -> str:
    return ", ".join(f"{name}={value}" for name, value in sorted(labels.items())) or "no labels"
