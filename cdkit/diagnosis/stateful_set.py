"""How far a StatefulSet has come, and what stands in its way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from cdkit.diagnosis.creation import creation_cause
from cdkit.diagnosis.deletion import lingering_causes
from cdkit.diagnosis.events import EventLog
from cdkit.diagnosis.pod_status import read_pod
from cdkit.diagnosis.replicas import (
    desired_replicas,
    is_observed,
    not_observed_yet,
    owned_by,
    replica_causes,
    unfinished,
)
from cdkit.diagnosis.verdict import Cause, Patience, Progress, Verdict
from cdkit.diagnosis.wording import counted, evidence
from cdkit.models.kube import Manifest

REVISION_HASH = "controller-revision-hash"
"""The label that ties a pod to the revision of its StatefulSet or DaemonSet."""

OLD_POD_BLOCKS = Patience.after(60)


def diagnose_stateful_set(stateful_set: Manifest, pods: Iterable[Manifest], events: Iterable[Manifest]) -> Verdict:
    """Judge one look at a StatefulSet.

    It has succeeded when `kubectl rollout status` says so; a partition (`updateStrategy.rollingUpdate.partition`)
    leaves the pods below it at their revision, and `OnDelete` all of them until somebody deletes them.

    Args:
        stateful_set: the StatefulSet.
        pods: Pods of its namespace; those of others are ignored.
        events: Events of its namespace.
    """
    status = stateful_set.get("status") or {}
    if not is_observed(stateful_set) or not status.get("observedGeneration"):
        return not_observed_yet(stateful_set)
    to_update = _replicas_to_update(stateful_set)
    summary = _summary(stateful_set, status, to_update)
    if _is_rolled_out(stateful_set, status, to_update):
        return Verdict("succeeded", summary, progress=Progress(to_update, to_update))
    progress = Progress(min(to_update, _updated(status), status.get("readyReplicas") or 0), to_update)
    return unfinished(summary, _causes(stateful_set, list(pods), EventLog(events), status, to_update), progress)


def _replicas_to_update(stateful_set: Manifest) -> int:
    strategy = (stateful_set.get("spec") or {}).get("updateStrategy") or {}
    if strategy.get("type") == "OnDelete":
        return 0
    partition = (strategy.get("rollingUpdate") or {}).get("partition") or 0
    return max(0, desired_replicas(stateful_set) - int(partition))


def _updated(status: dict[str, Any]) -> int:
    """How many pods are of the newest revision.

    When a rollout is over, the newest revision is also the current one, and some versions of Kubernetes then count
    its pods in `currentReplicas` only.
    """
    updated = status.get("updatedReplicas") or 0
    if status.get("updateRevision") == status.get("currentRevision"):
        updated = max(updated, status.get("currentReplicas") or 0)
    return int(updated)


def _is_rolled_out(stateful_set: Manifest, status: dict[str, Any], to_update: int) -> bool:
    desired = desired_replicas(stateful_set)
    if (status.get("readyReplicas") or 0) < desired or (status.get("replicas") or 0) > desired:
        return False
    if _available(stateful_set, status) < desired:
        return False
    if to_update < desired:
        return _updated(status) >= to_update
    return status.get("updateRevision") == status.get("currentRevision")


def _available(stateful_set: Manifest, status: dict[str, Any]) -> int:
    """How many pods have been ready for `minReadySeconds`; versions before that field do not count them."""
    ready = status.get("readyReplicas") or 0
    has_to_last = (stateful_set.get("spec") or {}).get("minReadySeconds")
    return int(status.get("availableReplicas") or 0) if has_to_last else int(ready)


def _summary(stateful_set: Manifest, status: dict[str, Any], to_update: int) -> str:
    desired, ready = desired_replicas(stateful_set), status.get("readyReplicas") or 0
    available = _available(stateful_set, status)
    parts = [f"{min(_updated(status), desired)} of {counted(to_update, 'replica')} updated", f"{ready} ready"]
    return ", ".join(parts if available == ready else [*parts, f"{available} available"])


def _causes(
    stateful_set: Manifest, pods: Sequence[Manifest], log: EventLog, status: dict[str, Any], to_update: int
) -> tuple[Cause, ...]:
    desired = desired_replicas(stateful_set)
    own_pods = owned_by(stateful_set, pods)
    newest = [pod for pod in own_pods if _hash(pod) == status.get("updateRevision")]
    created = creation_cause(stateful_set, stateful_set, log, lacks_pods=len(own_pods) < desired)
    causes = [created] if created else []
    causes += replica_causes(newest, log, desired=max(1, to_update))
    causes += lingering_causes(own_pods, log)
    return tuple(causes or _blocked(stateful_set, [pod for pod in own_pods if pod not in newest], log))


def _hash(pod: Manifest) -> str:
    return str((pod["metadata"].get("labels") or {}).get(REVISION_HASH, ""))


def _blocked(stateful_set: Manifest, old_pods: Iterable[Manifest], log: EventLog) -> Sequence[Cause]:
    """A pod of an older revision that never gets ready keeps the controller from going on.

    https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#forced-rollback
    """
    if (stateful_set.get("spec") or {}).get("podManagementPolicy") == "Parallel":
        return ()
    for pod in old_pods:
        status = read_pod(pod, log)
        if status.is_ready or status.is_leaving:
            continue
        return (
            Cause(
                id="old-pod-blocks-rollout",
                sentence=f"StatefulSet {stateful_set['metadata']['name']} does not go on: Pod {status.name} of an "
                "older revision is not ready, and Kubernetes waits for it.",
                subject=f"Pod {status.name}",
                evidence=evidence(*(line for container in status.containers for line in container.facts())),
                remedy=f"Delete the pod, and it comes back at the newest revision: kubectl delete pod {status.name}.",
                patience=OLD_POD_BLOCKS,
                pod=status.name,
            ),
        )
    return ()
