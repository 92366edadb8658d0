"""How far a DaemonSet has come, and what stands in its way."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cdkit.diagnosis.creation import creation_cause
from cdkit.diagnosis.deletion import lingering_causes
from cdkit.diagnosis.events import EventLog
from cdkit.diagnosis.replicas import is_observed, not_observed_yet, owned_by, replica_causes, unfinished
from cdkit.diagnosis.verdict import Cause, Progress, Verdict
from cdkit.diagnosis.wording import counted
from cdkit.models.kube import Manifest

TEMPLATE_GENERATION = "deprecated.daemonset.template.generation"
"""The annotation that numbers a DaemonSet's templates. Its status does not name the newest revision."""

POD_GENERATION = "pod-template-generation"
"""The label of a pod with the number of its template."""


def diagnose_daemon_set(daemon_set: Manifest, pods: Iterable[Manifest], events: Iterable[Manifest]) -> Verdict:
    """Judge one look at a DaemonSet.

    It has succeeded when `kubectl rollout status` says so: on each node that it is for, a pod of the newest revision
    is available. With `OnDelete` the controller replaces no pods, and there is nothing to wait for.

    Args:
        daemon_set: the DaemonSet.
        pods: Pods of its namespace; those of others, and of older revisions, are ignored.
        events: Events of its namespace.
    """
    if not is_observed(daemon_set):
        return not_observed_yet(daemon_set)
    status = daemon_set.get("status") or {}
    summary = _summary(status)
    if _is_on_delete(daemon_set) or _is_rolled_out(status):
        return Verdict("succeeded", summary, progress=_progress(status))
    return unfinished(summary, _causes(daemon_set, pods, EventLog(events), status), _progress(status))


def _is_on_delete(daemon_set: Manifest) -> bool:
    strategy = (daemon_set.get("spec") or {}).get("updateStrategy") or {}
    return strategy.get("type") == "OnDelete"


def _is_rolled_out(status: dict[str, Any]) -> bool:
    desired = status.get("desiredNumberScheduled") or 0
    return (status.get("updatedNumberScheduled") or 0) >= desired and (status.get("numberAvailable") or 0) >= desired


def _progress(status: dict[str, Any]) -> Progress:
    desired = status.get("desiredNumberScheduled") or 0
    updated, available = status.get("updatedNumberScheduled") or 0, status.get("numberAvailable") or 0
    return Progress(min(desired, updated, available), desired)


def _summary(status: dict[str, Any]) -> str:
    desired = status.get("desiredNumberScheduled") or 0
    if not desired:
        return "no node is chosen by its node selector and tolerations, so that it has no pods"
    updated, available = status.get("updatedNumberScheduled") or 0, status.get("numberAvailable") or 0
    return f"{updated} of {counted(desired, 'node')} updated, {available} available"


def _causes(daemon_set: Manifest, pods: Iterable[Manifest], log: EventLog, status: dict[str, Any]) -> tuple[Cause, ...]:
    desired = status.get("desiredNumberScheduled") or 0
    own_pods = owned_by(daemon_set, pods)
    created = creation_cause(daemon_set, daemon_set, log, lacks_pods=len(own_pods) < desired)
    newest = [pod for pod in own_pods if _is_newest(daemon_set, pod)]
    causes = replica_causes(newest, log, desired=max(1, desired))
    return (*([created] if created else ()), *causes, *lingering_causes(own_pods, log))


def _is_newest(daemon_set: Manifest, pod: Manifest) -> bool:
    wanted = (daemon_set["metadata"].get("annotations") or {}).get(TEMPLATE_GENERATION)
    return wanted is None or (pod["metadata"].get("labels") or {}).get(POD_GENERATION) == wanted
