"""Probes: when a pod may get requests, and when it must be started anew.

https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/
"""

from __future__ import annotations

from typing import Any

from cdkit_manifests.draft import Draft, Wish
from cdkit_manifests.enrichers.service import PORT_NAME


def enrich(wish: Wish, draft: Draft) -> None:
    """Ask the health path where one is known; else see whether the port is open; else say that nothing is asked."""
    if wish.port is None:
        draft.warn("No port is known, so no probe is written: a pod counts as ready once it has started.")
        return
    action = _action(wish)
    if not wish.health:
        draft.warn("No health path is known, so the probe only sees whether the port is open.")
    draft.container.value["readinessProbe"] = {**action, "periodSeconds": 2, "timeoutSeconds": 2, "failureThreshold": 3}
    # Slower and more patient than readiness: a restart is no cure for a pod that is only busy.
    draft.container.value["livenessProbe"] = {
        **action,
        "initialDelaySeconds": 10,
        "periodSeconds": 10,
        "timeoutSeconds": 5,
        "failureThreshold": 3,
    }


def _action(wish: Wish) -> dict[str, Any]:
    if wish.health:
        return {"httpGet": {"path": wish.health, "port": PORT_NAME}}
    return {"tcpSocket": {"port": PORT_NAME}}
