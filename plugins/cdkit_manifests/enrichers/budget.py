"""The PodDisruptionBudget: how many pods stay when nodes are drained.

https://kubernetes.io/docs/tasks/run-application/configure-pdb/
"""

from __future__ import annotations

from typing import Any

from cdkit_manifests.draft import Draft
from cdkit_manifests.enrichers.placement import has_several_pods
from cdkit_manifests.settings.parts import BudgetSettings
from cdkit_manifests.wish import Wish

EVICTS_SICK_PODS_SINCE = (1, 27)


def enrich(wish: Wish, draft: Draft) -> None:
    """Let one pod go at a time where there are several; what was said wins."""
    said = wish.settings.budget
    if said is False or (not said and not has_several_pods(wish, draft)):
        return
    settings = said if isinstance(said, BudgetSettings) else BudgetSettings()
    source = wish.source("budget")
    if settings.min_available is not None and settings.max_unavailable is not None:
        draft.refuse("A budget has either `min_available` or `max_unavailable`.", source)
    spec: dict[str, Any] = {"selector": {"matchLabels": draft.selector}}
    if settings.min_available is not None:
        spec["minAvailable"] = settings.min_available
    else:
        spec["maxUnavailable"] = 1 if settings.max_unavailable is None else settings.max_unavailable
    if wish.kubernetes >= EVICTS_SICK_PODS_SINCE:
        # A pod that does not work anyway must not keep a node from being drained.
        spec["unhealthyPodEvictionPolicy"] = "AlwaysAllow"
    manifest = {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": {"name": wish.name},
        "spec": spec,
    }
    draft.add(manifest, source)
