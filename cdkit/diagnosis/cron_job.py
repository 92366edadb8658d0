"""Whether a CronJob will start its Jobs."""

from __future__ import annotations

from collections.abc import Iterable

from cdkit.diagnosis.events import EventLog, latest
from cdkit.diagnosis.replicas import unfinished
from cdkit.diagnosis.verdict import FATAL_NOW, Cause, Verdict
from cdkit.diagnosis.wording import evidence, quoted
from cdkit.models.kube import Manifest

_INVALID = frozenset({"InvalidSchedule", "UnparseableSchedule", "UnparseableCronJobSchedule", "UnknownTimeZone"})


def diagnose_cron_job(cron_job: Manifest, events: Iterable[Manifest]) -> Verdict:
    """Judge one look at a CronJob: it is ready as it is, unless its controller cannot read when to start its Jobs.

    Args:
        cron_job: the CronJob, of `batch/v1` or older.
        events: Events of its namespace.
    """
    name, spec = cron_job["metadata"]["name"], cron_job.get("spec") or {}
    invalid = latest(EventLog(events).about(cron_job), lambda event: event.reason in _INVALID)
    if invalid is not None:
        cause = Cause(
            id="cron-job-invalid",
            sentence=f"CronJob {name} never starts a Job: {quoted(invalid.message)}.",
            subject=f"CronJob {name}",
            evidence=evidence(str(invalid)),
            remedy="Correct spec.schedule or spec.timeZone.",
            patience=FATAL_NOW,
        )
        return unfinished(f"CronJob {name} cannot be read", (cause,))
    when = "is suspended" if spec.get("suspend") else f"starts a Job at {spec.get('schedule')}"
    return Verdict("succeeded", f"CronJob {name} {when}")
