"""How a Pod fares that somebody made by itself, without a workload."""

from __future__ import annotations

from collections.abc import Iterable

from cdkit.diagnosis.deletion import deletion_causes
from cdkit.diagnosis.events import EventLog
from cdkit.diagnosis.pod import causes_of
from cdkit.diagnosis.pod_loss import preempted_cause
from cdkit.diagnosis.pod_status import read_pod
from cdkit.diagnosis.replicas import unfinished, without_patience
from cdkit.diagnosis.single_pod import diagnose_test_pod
from cdkit.diagnosis.verdict import Verdict
from cdkit.models.kube import Manifest


def diagnose_pod(pod: Manifest, events: Iterable[Manifest]) -> Verdict:
    """Judge one look at a Pod: one that is always restarted has to become ready, any other has to end well.

    Args:
        pod: the Pod.
        events: Events of its namespace.
    """
    if ((pod.get("spec") or {}).get("restartPolicy") or "Always") != "Always":
        return diagnose_test_pod(pod, events)
    status = read_pod(pod, EventLog(events))
    if status.is_leaving:
        preempted = preempted_cause(status)
        # Nobody makes another one in its place.
        return unfinished(
            f"Pod {status.name} is on its way out",
            without_patience([preempted]) if preempted else tuple(deletion_causes(pod)),
        )
    if status.is_ready:
        return Verdict("succeeded", f"Pod {status.name} is ready")
    causes = causes_of(status)
    summary = f"Pod {status.name} is {status.phase.lower()} and not ready"
    return unfinished(summary, without_patience(causes) if status.is_over else causes)
