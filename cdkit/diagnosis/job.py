"""How far a Job has come, and what stands in its way."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from cdkit.diagnosis.creation import creation_cause
from cdkit.diagnosis.events import EventLog
from cdkit.diagnosis.replicas import owned_by, replica_causes, unfinished, without_patience
from cdkit.diagnosis.verdict import FATAL_NOW, NEVER_FATAL, Cause, Verdict
from cdkit.diagnosis.wording import counted, evidence, quoted
from cdkit.models.kube import Manifest

LEFT_TO_THE_JOB = frozenset({"crash-loop", "oom-killed", "init-container-failing", "liveness-killed", "evicted"})
"""Causes that a Job answers by trying again, up to its backoffLimit."""


def diagnose_job(job: Manifest, pods: Iterable[Manifest], events: Iterable[Manifest]) -> Verdict:
    """Judge one look at a Job: its conditions `Complete` and `Failed` have the last word.

    https://kubernetes.io/docs/concepts/workloads/controllers/job/

    Args:
        job: the Job.
        pods: Pods of its namespace; those of others are ignored.
        events: Events of its namespace.
    """
    conditions = _true_conditions(job)
    summary = _summary(job)
    if "Complete" in conditions:
        return Verdict("succeeded", summary)
    log = EventLog(events)
    own_pods = owned_by(job, pods)
    created = creation_cause(job, job, log, lacks_pods=not own_pods)
    causes = [*([created] if created else ()), *replica_causes(own_pods, log, desired=max(1, len(own_pods)))]
    if "Failed" in conditions:
        return unfinished(summary, (*without_patience(causes), _failed(job, conditions["Failed"])))
    return unfinished(summary, tuple(map(_left_to_the_job, causes)))


def _true_conditions(job: Manifest) -> dict[str, dict[str, Any]]:
    conditions = (job.get("status") or {}).get("conditions") or ()
    return {item["type"]: item for item in conditions if item.get("status") == "True"}


def _summary(job: Manifest) -> str:
    status = job.get("status") or {}
    wanted = (job.get("spec") or {}).get("completions") or 1
    parts = [f"{status.get('succeeded') or 0} of {counted(wanted, 'completion')}"]
    parts += [f"{status[key]} {key}" for key in ("active", "failed") if status.get(key)]
    return ", ".join(parts)


def _left_to_the_job(cause: Cause) -> Cause:
    return msgspec.structs.replace(cause, patience=NEVER_FATAL) if cause.id in LEFT_TO_THE_JOB else cause


def _failed(job: Manifest, condition: dict[str, Any]) -> Cause:
    subject = f"Job {job['metadata']['name']}"
    why = condition.get("message") or condition.get("reason") or ""
    return Cause(
        id="job-failed",
        sentence=f"{subject} has failed: {quoted(why)}." if why else f"{subject} has failed.",
        subject=subject,
        evidence=evidence(f"Failed is True: {condition.get('reason', '')}: {condition.get('message', '')}"),
        remedy="Read the log of its last pod; raise backoffLimit or activeDeadlineSeconds if it only needs more tries.",
        patience=FATAL_NOW,
    )
