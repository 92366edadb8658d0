"""How a pod has fared that runs once and ends: a test pod."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from cdkit.diagnosis.cause_id import CauseId
from cdkit.diagnosis.companion import ALONE, Companions, companion_causes
from cdkit.diagnosis.container import noun
from cdkit.diagnosis.container_end import how_it_ended
from cdkit.diagnosis.events import EventLog
from cdkit.diagnosis.pod import causes_of
from cdkit.diagnosis.pod_loss import preempted_cause
from cdkit.diagnosis.pod_status import ContainerStatus, PodStatus, read_pod
from cdkit.diagnosis.replicas import unfinished, without_patience
from cdkit.diagnosis.verdict import FATAL_NOW, NEVER_FATAL, Cause, Verdict
from cdkit.diagnosis.wording import evidence, quoted
from cdkit.models.kube import Manifest


def diagnose_test_pod(
    pod: Manifest | None,
    events: Iterable[Manifest],
    *,
    container: str = "",
    name: str = "",
    companions: Companions = ALONE,
) -> Verdict:
    """Judge one look at a pod that runs once.

    It has succeeded when its main container ended with exit code 0, whether or not a container beside it still runs.
    Containers beside the main one may end as they like, unless `companions` says otherwise.

    Args:
        pod: the Pod; None when it was there and is not any more.
        events: Events of its namespace.
        container: the name of the main container; empty for the first one.
        name: the pod's name, for when it is gone.
        companions: those beside the main one that may not end as they like.
    """
    if pod is None:
        which = f"Pod {name}" if name else "The pod"
        # It has no log any more that could be asked for.
        gone = _fatal("pod-gone", "", _deleted(which), "the API server lists no such pod")
        return unfinished("the pod is gone", (gone,))
    status = read_pod(pod, EventLog(events))
    main = next((item for item in status.containers if not item.is_init and container in ("", item.name)), None)
    if _has_succeeded(status, main):
        return Verdict("succeeded", f"Pod {status.name} has succeeded")
    return unfinished(_summary(status, main), _causes(status, main, companions))


def _deleted(which: str) -> str:
    return f"{which} was deleted before it had ended."


def _has_succeeded(pod: PodStatus, main: ContainerStatus | None) -> bool:
    """Whether the main container has ended well, and not because it was told to end with its pod."""
    if main is None or main.state != "terminated" or main.ended is None:
        return pod.phase == "Succeeded" and not pod.is_leaving
    return not main.ended.was_bad and not (pod.is_leaving and main.ended.time >= pod.leaving_since)


def _is_over(pod: PodStatus, main: ContainerStatus | None) -> bool:
    """Whether nothing that is awaited will run again."""
    is_never_restarted = pod.spec.get("restartPolicy") == "Never"
    return pod.phase == "Failed" or (is_never_restarted and main is not None and main.state == "terminated")


def _summary(pod: PodStatus, main: ContainerStatus | None) -> str:
    if _is_over(pod, main):
        return f"Pod {pod.name} has failed"
    doing = main.reason or main.state if main is not None else "waiting"
    return f"Pod {pod.name} is {pod.phase.lower()} ({quoted(doing)})"


def _causes(pod: PodStatus, main: ContainerStatus | None, companions: Companions) -> tuple[Cause, ...]:
    if pod.is_leaving:
        return (_sent_away(pod),)
    if pod.reason == "DeadlineExceeded":
        return (_overdue(pod),)
    main_name = main.name if main is not None else ""
    causes = [_of_one_run(pod, main, cause) for cause in causes_of(pod)]
    causes.sort(key=lambda cause: cause.container != main_name)
    blamed = companion_causes(pod, main, companions)
    named = {cause.container for cause in blamed}
    causes = [*blamed, *(cause for cause in causes if cause.container not in named)]
    if not _is_over(pod, main):
        return tuple(causes)
    return without_patience(causes) or (_failed(pod),)


def _of_one_run(pod: PodStatus, main: ContainerStatus | None, cause: Cause) -> Cause:
    """What is a crash of a program that is to keep running is the result of one that is to end.

    Whether a container is well is waited for by whoever runs the pod, and for as long as he likes.
    """
    if cause.id in _OF_PROBES:
        return msgspec.structs.replace(cause, patience=NEVER_FATAL)
    if cause.id != "crash-loop":
        return cause
    if main is None or cause.container != main.name:
        return msgspec.structs.replace(cause, patience=NEVER_FATAL)
    if not _is_over(pod, main) or main.ended is None:
        return cause
    return msgspec.structs.replace(
        cause,
        id="command-failed",
        sentence=f"Pod {pod.name} has failed: {noun(main)} {how_it_ended(main.ended)}.",
        patience=FATAL_NOW,
    )


def _sent_away(pod: PodStatus) -> Cause:
    """The scheduler wanted its place, or somebody has deleted it."""
    preempted = preempted_cause(pod)
    if preempted is not None:
        return msgspec.structs.replace(preempted, patience=FATAL_NOW)
    return _fatal("pod-gone", pod.name, _deleted(f"Pod {pod.name}"), "it has a deletionTimestamp")


def _overdue(pod: PodStatus) -> Cause:
    seconds = pod.spec.get("activeDeadlineSeconds")
    within = f" within {seconds} seconds (activeDeadlineSeconds)" if seconds else " within its activeDeadlineSeconds"
    return _fatal("deadline-exceeded", pod.name, f"Pod {pod.name} did not end{within}.", pod.message)


def _failed(pod: PodStatus) -> Cause:
    why = f": {quoted(pod.message or pod.reason)}" if pod.message or pod.reason else ""
    status = ": ".join(filter(None, (f"Pod {pod.name} is {pod.phase}", pod.reason, pod.message)))
    return _fatal("pod-failed", pod.name, f"Pod {pod.name} has failed{why}.", status)


_OF_PROBES = frozenset({"readiness-failing", "never-ready", "startup-probe-failing", "readiness-gate-unmet"})

_REMEDIES = {
    "pod-gone": "Look at who deletes pods in the namespace, or whether its node went away; then run again.",
    "deadline-exceeded": "See in the log where it hangs; raise activeDeadlineSeconds if the work is really that long.",
    "pod-failed": "Look at the pod: kubectl describe pod says more.",
}


def _fatal(cause_id: CauseId, pod: str, sentence: str, *proof: str) -> Cause:
    return Cause(
        id=cause_id,
        sentence=sentence,
        subject=f"Pod {pod}".strip(),
        evidence=evidence(*proof),
        remedy=_REMEDIES[cause_id],
        patience=FATAL_NOW,
        pod=pod,
    )
