"""What the pods of one revision of a workload have in common: the same causes told once, and mercy for one of many."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from cdkit.diagnosis.events import EventLog
from cdkit.diagnosis.pod import causes_of
from cdkit.diagnosis.pod_loss import preempted_cause
from cdkit.diagnosis.pod_status import PodStatus, read_pod
from cdkit.diagnosis.verdict import FATAL_NOW, Cause, Patience, Progress, Verdict
from cdkit.diagnosis.wording import counted
from cdkit.models.kube import Manifest

NOTHING_TO_COUNT = Progress()

UNLUCKY_ONE = 120.0
"""Seconds that a cause may stand when it holds for one pod and most of the others are ready."""


def owned_by(owner: Manifest, manifests: Iterable[Manifest]) -> list[Manifest]:
    """Those of the manifests whose controller is `owner` (`metadata.ownerReferences`)."""
    uid = owner["metadata"].get("uid")
    return [
        item
        for item in manifests
        if any(reference.get("uid") == uid for reference in item["metadata"].get("ownerReferences") or ())
    ]


def is_observed(workload: Manifest) -> bool:
    """Whether the controller has seen this generation of the workload; before that, its status is of an older one."""
    observed = (workload.get("status") or {}).get("observedGeneration") or 0
    return bool(observed >= (workload["metadata"].get("generation") or 0))


def not_observed_yet(workload: Manifest) -> Verdict:
    """The verdict while the status is of an older generation: nothing can be told from it."""
    name = f"{workload['kind']} {workload['metadata']['name']}"
    return Verdict("progressing", f"{name} has not been looked at by its controller yet")


def desired_replicas(workload: Manifest) -> int:
    """`spec.replicas`, which is 1 when it is not given."""
    replicas = (workload.get("spec") or {}).get("replicas")
    return 1 if replicas is None else int(replicas)


def replica_causes(pods: Iterable[Manifest], log: EventLog, *, desired: int) -> tuple[Cause, ...]:
    """The causes of the pods of the newest revision, each told once.

    Args:
        pods: the pods of that revision only.
        log: the events.
        desired: how many such pods there are to be.
    """
    known = [read_pod(pod, log) for pod in pods]
    statuses = _that_count(known, desired)
    ready = sum(status.is_ready for status in statuses)
    preempted = [cause for status in known if (cause := preempted_cause(status)) is not None]
    causes = _told_once([*(cause for status in statuses for cause in causes_of(status)), *preempted])
    is_mostly_up = ready * 2 > desired
    return tuple(_folded(same, spare=is_mostly_up and len(same) == 1) for same in causes)


def without_patience(causes: Iterable[Cause]) -> tuple[Cause, ...]:
    """The causes, fatal now: the time for a workload is up, and they are why."""
    return tuple(msgspec.structs.replace(cause, patience=FATAL_NOW) for cause in causes)


def unfinished(summary: str, causes: tuple[Cause, ...], progress: Progress = NOTHING_TO_COUNT) -> Verdict:
    """The verdict on a workload that has not succeeded yet: failed when one of the causes is fatal now."""
    is_fatal = any(cause.patience.is_fatal_now for cause in causes)
    return Verdict("failed" if is_fatal else "progressing", summary, causes, progress)


def _that_count(statuses: Sequence[PodStatus], desired: int) -> list[PodStatus]:
    """Without evicted and other dead pods, once there are others in their place."""
    living = [status for status in statuses if not status.is_over and not status.is_leaving]
    return living if len(living) >= desired else [status for status in statuses if not status.is_leaving]


def _told_once(causes: Iterable[Cause]) -> list[list[Cause]]:
    """The causes that are the same one, together; the most common first, as far as they are fatal at the same time."""
    groups: dict[tuple[str, str], list[Cause]] = {}
    for cause in sorted(causes, key=lambda cause: cause.pod):
        groups.setdefault(cause.identity, []).append(cause)
    return sorted(groups.values(), key=lambda same: (_shortest(same), -len(same)))


def _shortest(causes: Iterable[Cause]) -> float:
    return min(float("inf") if cause.patience.grace is None else cause.patience.grace for cause in causes)


def _folded(same: Sequence[Cause], *, spare: bool) -> Cause:
    """One cause for all that are the same: the first one that is fatal soonest, and how many more there are."""
    first = min(same, key=lambda cause: _shortest([cause]))
    if spare and first.patience.grace is not None:
        first = msgspec.structs.replace(first, patience=Patience.after(max(UNLUCKY_ONE, first.patience.grace)))
    others = len(same) - 1
    if not others:
        return first
    same_holds = f"The same holds for {counted(others, 'other pod')}."
    return msgspec.structs.replace(first, sentence=f"{first.sentence} {same_holds}")
