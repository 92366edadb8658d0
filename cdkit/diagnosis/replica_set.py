"""How far a ReplicaSet or a ReplicationController has come, and what stands in its way."""

from __future__ import annotations

from collections.abc import Iterable

from cdkit.diagnosis.creation import creation_cause
from cdkit.diagnosis.events import EventLog
from cdkit.diagnosis.replicas import (
    desired_replicas,
    is_observed,
    not_observed_yet,
    owned_by,
    replica_causes,
    unfinished,
)
from cdkit.diagnosis.verdict import Progress, Verdict
from cdkit.diagnosis.wording import counted
from cdkit.models.kube import Manifest


def diagnose_replica_set(workload: Manifest, pods: Iterable[Manifest], events: Iterable[Manifest]) -> Verdict:
    """Judge one look at a ReplicaSet or ReplicationController: as many pods as it wants are there, all available.

    Neither replaces its pods when its template changes; pods of an older template count like all others.

    Args:
        workload: the ReplicaSet or ReplicationController.
        pods: Pods of its namespace; those of others are ignored.
        events: Events of its namespace.
    """
    if not is_observed(workload):
        return not_observed_yet(workload)
    desired, status = desired_replicas(workload), workload.get("status") or {}
    replicas, available = status.get("replicas") or 0, status.get("availableReplicas") or 0
    summary = f"{available} of {counted(desired, 'replica')} available"
    if replicas == desired and available >= desired:
        return Verdict("succeeded", summary, progress=Progress(desired, desired))
    log, own_pods = EventLog(events), owned_by(workload, pods)
    created = creation_cause(workload, workload, log, lacks_pods=len(own_pods) < desired)
    causes = (*([created] if created else ()), *replica_causes(own_pods, log, desired=max(1, desired)))
    return unfinished(summary, causes, Progress(min(desired, available), desired))
