"""How far a Job has come, and what stands in its way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from cdkit.diagnosis.cause_id import CauseId
from cdkit.diagnosis.conditions import Condition, told, true_conditions, words_of
from cdkit.diagnosis.creation import creation_cause
from cdkit.diagnosis.events import EventLog
from cdkit.diagnosis.replicas import owned_by, replica_causes, unfinished, without_patience
from cdkit.diagnosis.verdict import FATAL_NOW, NEVER_FATAL, Cause, Verdict
from cdkit.diagnosis.wording import counted, evidence, quoted
from cdkit.models.kube import Manifest

LEFT_TO_THE_JOB = frozenset({"crash-loop", "oom-killed", "init-container-failing", "liveness-killed", "evicted"})
"""Causes that a Job answers by trying again, up to its backoffLimit."""

_IDS: dict[str, CauseId] = {"BackoffLimitExceeded": "job-backoff-limit", "DeadlineExceeded": "job-deadline"}
_REMEDIES: dict[CauseId, str] = {
    "job-backoff-limit": "Read the last lines of its log; raise backoffLimit if it only needs more tries.",
    "job-deadline": "See in its log where it hangs; raise activeDeadlineSeconds if the work is really that long.",
    "job-failed": "Read the log of its last pod, and the rules of the Job (podFailurePolicy, backoffLimitPerIndex).",
}


def diagnose_job(job: Manifest, pods: Iterable[Manifest], events: Iterable[Manifest]) -> Verdict:
    """Judge one look at a Job: its conditions have the last word.

    `Complete` and `Failed` are final. From Kubernetes 1.31 on they come only when the last pod has ended, and
    `SuccessCriteriaMet` or `FailureTarget` says before that what they will be.
    https://kubernetes.io/docs/concepts/workloads/controllers/job/#terminal-job-conditions

    Args:
        job: the Job.
        pods: Pods of its namespace; those of others are ignored.
        events: Events of its namespace.
    """
    conditions = true_conditions(job)
    summary = _summary(job)
    if "Complete" in conditions:
        return Verdict("succeeded", summary)
    if "SuccessCriteriaMet" in conditions:
        return Verdict("progressing", f"{summary}; it has succeeded, and its last pods end")
    log, own_pods = EventLog(events), owned_by(job, pods)
    created = creation_cause(job, job, log, lacks_pods=not own_pods)
    causes = [*([created] if created else ()), *replica_causes(own_pods, log, desired=max(1, len(own_pods)))]
    failed = conditions.get("Failed") or conditions.get("FailureTarget")
    if failed:
        return unfinished(summary, _failure(job, failed, causes))
    return unfinished(summary, (*map(_left_to_the_job, causes), *_suspended(job)))


def _summary(job: Manifest) -> str:
    status = job.get("status") or {}
    wanted = (job.get("spec") or {}).get("completions") or 1
    parts = [f"{status.get('succeeded') or 0} of {counted(wanted, 'completion')}"]
    parts += [f"{status[key]} {key}" for key in ("active", "terminating", "failed") if status.get(key)]
    return ", ".join(parts)


def _left_to_the_job(cause: Cause) -> Cause:
    return msgspec.structs.replace(cause, patience=NEVER_FATAL) if cause.id in LEFT_TO_THE_JOB else cause


def _failure(job: Manifest, condition: Condition, causes: Sequence[Cause]) -> tuple[Cause, ...]:
    """What kept its pods from running comes first; that they ran and failed is part of the Job's own failure."""
    tried = next((cause for cause in causes if cause.id in LEFT_TO_THE_JOB), None)
    others = [cause for cause in causes if cause.id not in LEFT_TO_THE_JOB]
    return (*without_patience(others), _failed(job, condition, tried))


def _failed(job: Manifest, condition: Condition, tried: Cause | None) -> Cause:
    subject, spec = f"Job {job['metadata']['name']}", job.get("spec") or {}
    cause_id = _IDS.get(condition.get("reason") or "", "job-failed")
    fate = {
        "job-backoff-limit": f"has failed for good (backoffLimit {spec.get('backoffLimit', 6)})",
        "job-deadline": f"did not end within {spec.get('activeDeadlineSeconds')} seconds (activeDeadlineSeconds)",
    }.get(cause_id, "has failed")
    words = quoted(words_of(condition)) if cause_id == "job-failed" else ""
    why = words or (tried.sentence.rstrip(".") if tried else "")
    return Cause(
        id=cause_id,
        sentence=f"{subject} {fate}: {why}." if why else f"{subject} {fate}.",
        subject=subject,
        evidence=evidence(told(condition), *(tried.evidence if tried else ())),
        remedy=_REMEDIES[cause_id],
        patience=FATAL_NOW,
        pod=tried.pod if tried else "",
        container=tried.container if tried else "",
        log=tried.log if tried else None,
    )


def _suspended(job: Manifest) -> Sequence[Cause]:
    if not (job.get("spec") or {}).get("suspend"):
        return ()
    subject = f"Job {job['metadata']['name']}"
    return (
        Cause(
            id="job-suspended",
            sentence=f"{subject} is suspended, so that Kubernetes does not run it.",
            subject=subject,
            evidence=("spec.suspend is true",),
            remedy="Whoever suspended it, such as a queue, resumes it; else set spec.suspend to false.",
            patience=NEVER_FATAL,
        ),
    )
