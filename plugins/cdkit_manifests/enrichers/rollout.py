"""How many pods there are, and how new ones take the place of old ones."""

from __future__ import annotations

from typing import Any

from cdkit_manifests.draft import Draft, Place
from cdkit_manifests.wish import Wish

REVISIONS = 5
DEADLINE = 600
"""Seconds; what Kubernetes takes too, written out because a rollout is judged by it."""
_STRATEGY_FIELD = {"Deployment": "strategy", "StatefulSet": "updateStrategy", "DaemonSet": "updateStrategy"}
_NOT_FOR = {"Deployment": "OnDelete", "StatefulSet": "Recreate", "DaemonSet": "Recreate"}


def enrich(wish: Wish, draft: Draft) -> None:
    """Write replicas, the strategy, and how many revisions are kept."""
    workload = draft.workload
    if workload.kind not in _STRATEGY_FIELD:
        return
    spec = workload.at("spec")
    if workload.kind != "DaemonSet" and wish.settings.autoscale is None:
        replicas = wish.known("replicas")
        spec.put("replicas", 1 if replicas.value is None else replicas.value, replicas.source)
    history = wish.settings.revision_history
    spec.put("revisionHistoryLimit", REVISIONS if history is None else history, wish.source("revision_history"))
    rollout = wish.settings.rollout
    if rollout.min_ready is not None and (workload.kind != "StatefulSet" or wish.kubernetes >= (1, 25)):
        spec.put("minReadySeconds", int(rollout.min_ready), wish.source("rollout", "min_ready"))
    if workload.kind == "Deployment":
        seconds = DEADLINE if rollout.deadline is None else int(rollout.deadline)
        spec.put("progressDeadlineSeconds", seconds, wish.source("rollout", "deadline"))
    _strategy(wish, draft, spec)


def _strategy(wish: Wish, draft: Draft, spec: Place) -> None:
    kind = draft.workload.kind
    rollout = wish.settings.rollout
    strategy = rollout.strategy or "RollingUpdate"
    if strategy == _NOT_FOR[kind]:
        draft.refuse(f"A {kind} knows no strategy {strategy!r}.", wish.source("rollout", "strategy"))
    written: dict[str, Any] = {"type": strategy}
    if strategy == "RollingUpdate":
        written["rollingUpdate"] = _steps(wish, kind)
    if not written.get("rollingUpdate", True):
        del written["rollingUpdate"]
    spec.put(_STRATEGY_FIELD[kind], written, wish.source("rollout"))


def _steps(wish: Wish, kind: str) -> dict[str, Any]:
    rollout = wish.settings.rollout
    if kind == "StatefulSet":
        return {}
    if kind == "DaemonSet":
        return {"maxUnavailable": 1 if rollout.max_unavailable is None else rollout.max_unavailable}
    # A new pod must be ready before an old one goes: a client of the Service sees no gap.
    return {
        "maxSurge": 1 if rollout.max_surge is None else rollout.max_surge,
        "maxUnavailable": 0 if rollout.max_unavailable is None else rollout.max_unavailable,
    }
