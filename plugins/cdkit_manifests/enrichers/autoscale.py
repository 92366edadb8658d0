"""The HorizontalPodAutoscaler: as many pods as there is work.

https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/
"""

from __future__ import annotations

from typing import Any

from cdkit_manifests.draft import Draft
from cdkit_manifests.wish import Wish

AIM = 80
"""Percent of what a pod asks for."""
FEWEST = 2


def enrich(wish: Wish, draft: Draft) -> None:
    """Write the autoscaler where one was asked for; the controller then has no number of replicas of its own."""
    said = wish.settings.autoscale
    if said is None:
        return
    source = wish.source("autoscale")
    workload = draft.workload
    if workload.kind not in {"Deployment", "StatefulSet"}:
        draft.refuse(f"A {workload.kind} cannot be scaled.", source)
        return
    fewest = said.min or min(wish.known("replicas").value or FEWEST, said.max)
    if fewest > said.max:
        draft.refuse(f"The fewest pods ({fewest}) are more than the most ({said.max}).", source)
    target = {"apiVersion": workload.value["apiVersion"], "kind": workload.kind, "name": workload.name}
    metrics = [_metric(name, aim) for name, aim in (("cpu", said.cpu), ("memory", said.memory)) if aim is not None]
    spec = {
        "scaleTargetRef": target,
        "minReplicas": fewest,
        "maxReplicas": said.max,
        "metrics": metrics or [_metric("cpu", AIM)],
    }
    manifest = {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": wish.name},
        "spec": spec,
    }
    draft.add(manifest, source)


def _metric(name: str, aim: int) -> dict[str, Any]:
    target = {"type": "Utilization", "averageUtilization": aim}
    return {"type": "Resource", "resource": {"name": name, "target": target}}
