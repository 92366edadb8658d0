"""Why something that was deleted does not go."""

from __future__ import annotations

from collections.abc import Iterable

from cdkit.diagnosis.cause_id import CauseId
from cdkit.diagnosis.conditions import true_conditions, words_of
from cdkit.diagnosis.events import EventLog
from cdkit.diagnosis.pod_status import PodStatus, read_pod
from cdkit.diagnosis.replicas import unfinished
from cdkit.diagnosis.verdict import Cause, Patience, Verdict
from cdkit.diagnosis.wording import evidence, quoted
from cdkit.models.kube import Manifest

USUAL_SECONDS = 30.0
"""Seconds beyond its own grace period that something may take to go."""

_CLAIM_IN_USE = "kubernetes.io/pvc-protection"


def diagnose_deletion(item: Manifest | None) -> Verdict:
    """Judge one look at an object that is to go.

    Args:
        item: the object; None when it has gone.
    """
    if item is None:
        return Verdict("succeeded", "it is gone")
    return unfinished(f"{_name(item)} is being deleted", tuple(deletion_causes(item)))


def deletion_causes(item: Manifest) -> Iterable[Cause]:
    """What holds an object that was asked to go; none for one that was not asked."""
    metadata = item["metadata"]
    if not metadata.get("deletionTimestamp"):
        return
    finalizers = [*(metadata.get("finalizers") or ()), *((item.get("spec") or {}).get("finalizers") or ())]
    holds = [words_of(each) for kind, each in true_conditions(item).items() if kind.startswith("Namespace")]
    patience = _patience(metadata.get("deletionGracePeriodSeconds") or 0)
    if holds:
        why, remedy = quoted("; ".join(holds)), "Look at what the message names; its controller may be gone."
    elif _CLAIM_IN_USE in finalizers:
        why, remedy = "a pod still uses it", "Remove the pods that use the claim; it goes with the last of them."
    elif finalizers:
        why = f"{_held_by(finalizers)} has not let it go"
        remedy = "Look at the controller that the finalizer belongs to; when it is gone for good, remove the finalizer."
    else:
        why, remedy = "Kubernetes has not removed it yet", "Look at the node that it runs on, or at its controller."
    yield _cause("deletion-hanging", _name(item), f"is being deleted and does not go: {why}", remedy, patience)


def termination_cause(pod: PodStatus) -> Cause | None:
    """A pod that was told to end, that has not gone, and that others wait for."""
    if not pod.is_leaving:
        return None
    if pod.finalizers:
        why = f"{_held_by(pod.finalizers)} has not let it go"
        remedy = "Look at the controller that the finalizer belongs to; when it is gone for good, remove the finalizer."
    else:
        why = f"it was told to, within {pod.grace_seconds:.0f} seconds"
        remedy = "Look at its node: the container's program hangs, or the node does not answer."
    return _cause(
        "termination-hanging",
        f"Pod {pod.name}",
        f"does not end: {why}",
        remedy,
        _patience(pod.grace_seconds),
        pod=pod.name,
    )


def lingering_causes(pods: Iterable[Manifest], log: EventLog) -> tuple[Cause, ...]:
    """Why pods that were told to end are still there, told once for all of them."""
    causes = (termination_cause(read_pod(pod, log)) for pod in pods)
    return tuple(cause for cause in causes if cause is not None)[:1]


def _patience(grace_seconds: float) -> Patience:
    return Patience.after(USUAL_SECONDS + grace_seconds)


def _held_by(finalizers: Iterable[str]) -> str:
    return f"the finalizer {', '.join(map(quoted, finalizers))}"


def _cause(cause_id: CauseId, subject: str, fate: str, remedy: str, patience: Patience, pod: str = "") -> Cause:
    return Cause(
        id=cause_id,
        sentence=f"{subject} {fate}.",
        subject=subject,
        evidence=evidence(f"{subject} has a deletionTimestamp"),
        remedy=remedy,
        patience=patience,
        pod=pod,
    )


def _name(item: Manifest) -> str:
    return f"{item['kind']} {item['metadata']['name']}"
