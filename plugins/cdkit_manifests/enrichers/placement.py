"""Placement: replicas on different machines, so that one that fails takes only one pod with it.

https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/
"""

from __future__ import annotations

from typing import Any

from cdkit_manifests.draft import Draft
from cdkit_manifests.wish import Wish

_TOPOLOGIES = {"nodes": ("kubernetes.io/hostname",), "zones": ("topology.kubernetes.io/zone", "kubernetes.io/hostname")}
REVISIONS_APART_SINCE = (1, 27)


def enrich(wish: Wish, draft: Draft) -> None:
    """Spread pods where there are several, and write what was said of nodes and priority."""
    pod = draft.pod
    if wish.settings.node_selector:
        pod.put("nodeSelector", dict(wish.settings.node_selector), wish.source("node_selector"))
    if wish.settings.priority_class:
        pod.put("priorityClassName", wish.settings.priority_class, wish.source("priority_class"))
    spread = wish.settings.spread or "nodes"
    if spread == "none" or not has_several_pods(wish, draft):
        return
    for topology in _TOPOLOGIES[spread]:
        pod.append("topologySpreadConstraints", _constraint(wish, draft, topology), wish.source("spread"))


def has_several_pods(wish: Wish, draft: Draft) -> bool:
    """Whether several pods of one kind are meant to run at once, each anywhere."""
    if draft.workload.kind not in {"Deployment", "StatefulSet"}:
        return False
    return wish.settings.autoscale is not None or draft.workload.value["spec"].get("replicas", 1) > 1


def _constraint(wish: Wish, draft: Draft, topology: str) -> dict[str, Any]:
    constraint = {
        "maxSkew": 1,
        "topologyKey": topology,
        # A pod on a full node is better than none.
        "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": draft.selector},
    }
    if draft.workload.kind == "Deployment" and wish.kubernetes >= REVISIONS_APART_SINCE:
        # During a rollout the pods that are to go must not keep the new ones from a node.
        constraint["matchLabelKeys"] = ["pod-template-hash"]
    return constraint
