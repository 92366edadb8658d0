"""How a pod ends: it goes on answering until everybody knows that it goes, and then gets the time that it needs.

https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination
"""

from __future__ import annotations

from typing import Any

from cdkit_manifests.draft import Draft
from cdkit_manifests.enrichers.controller import JOBS
from cdkit_manifests.enrichers.ports import named_ports
from cdkit_manifests.wish import Wish

DRAIN = 5
GRACE = 30
"""Seconds; what Kubernetes takes when nothing is said."""
SLEEP_SINCE = (1, 30)
"""From here on a pod can wait without a program `sleep` in its image."""


def enrich(wish: Wish, draft: Draft) -> None:
    """Write the wait before a pod is stopped, and how long that may take in all."""
    drain = _drain(wish, draft)
    if drain:
        draft.container.at("lifecycle").put("preStop", _wait(wish, drain), wish.source("drain"))
    grace = wish.settings.termination_grace
    if grace is not None or drain:
        seconds = GRACE + drain if grace is None else int(grace)
        draft.pod.put("terminationGracePeriodSeconds", seconds, wish.source("termination_grace"))


def _drain(wish: Wish, draft: Draft) -> int:
    """Seconds. Unasked, only where nothing of the image is needed for it, and somebody may still send requests."""
    if wish.settings.drain is not None:
        return round(wish.settings.drain)
    is_asked = bool(named_ports(wish)) and wish.settings.service is not False and draft.workload.kind not in JOBS
    return DRAIN if is_asked and wish.kubernetes >= SLEEP_SINCE else 0


def _wait(wish: Wish, seconds: int) -> dict[str, Any]:
    if wish.kubernetes >= SLEEP_SINCE:
        return {"sleep": {"seconds": seconds}}
    return {"exec": {"command": ["sleep", str(seconds)]}}
