"""The controller: the object that runs the pods, of the kind that fits what the application is."""

from __future__ import annotations

from cdkit.api import Manifest
from cdkit_manifests.draft import NAME_LABEL, WORKLOADS, Draft
from cdkit_manifests.wish import Known, Wish

_BY_WHAT_IT_IS = {"web": "Deployment", "static": "Deployment", "worker": "Deployment", "job": "Job", "cron": "CronJob"}
_API = {"Job": "batch/v1", "CronJob": "batch/v1"}
JOBS = ("Job", "CronJob")
RETRIES = 3
KEPT = 3
"""How many runs of a CronJob stay to be looked at, of those that succeeded and of those that failed."""
A_DAY = 86_400


def enrich(wish: Wish, draft: Draft) -> None:
    """Make the object, with a pod of one container."""
    kind = _kind(wish, draft)
    manifest: Manifest = {
        "apiVersion": _API.get(kind.value, "apps/v1"),
        "kind": kind.value,
        "metadata": {"name": wish.name},
    }
    workload = draft.add(manifest)
    workload.credit(("kind",), kind.source)
    if kind.value == "CronJob":
        _cron(wish, draft)
    if kind.value in JOBS:
        _job(wish, draft)
    else:
        workload.at("spec").put("selector", {"matchLabels": {NAME_LABEL: wish.name}})
    draft.template.value.update({"metadata": {}, "spec": {"containers": [{"name": wish.name, "image": wish.image}]}})
    if kind.value in JOBS:
        # A pod that failed stays as it was, for somebody to look at; the Job starts another one.
        draft.pod.put("restartPolicy", "Never")
    _name_container(wish, draft)


def _kind(wish: Wish, draft: Draft) -> Known:
    """What was said, else what a fragment of the application's own name is, else what fits the application."""
    said = wish.source("kind")
    if wish.settings.kind is not None:
        return Known(wish.settings.kind, said)
    if wish.settings.schedule:
        return Known("CronJob", wish.source("schedule"))
    for fragment in wish.fragments:
        if fragment.kind in WORKLOADS and fragment.name in {"", wish.name}:
            return Known(fragment.kind)
    fact = wish.fact("kind")
    kind = _BY_WHAT_IT_IS.get(fact.value, "Deployment")
    if kind == "CronJob" and not wish.fact("schedule"):
        draft.warn(f"It runs by the clock ({fact.source}), but no schedule is known, so a Job is made; say `schedule`.")
        kind = "Job"
    return Known(kind, fact.source)


def _cron(wish: Wish, draft: Draft) -> None:
    schedule = wish.known("schedule")
    if not schedule.value:
        draft.refuse("A CronJob needs a schedule.", wish.source("kind"), "Say `schedule`, such as `0 3 * * *`.")
    job = wish.settings.job
    place = draft.workload.at("spec")
    place.put("schedule", schedule.value or "", schedule.source)
    if job.time_zone:
        place.put("timeZone", job.time_zone, wish.source("job", "time_zone"))
    place.put("concurrencyPolicy", job.concurrency or "Forbid", wish.source("job", "concurrency"))
    if job.suspend is not None:
        place.put("suspend", job.suspend, wish.source("job", "suspend"))
    place.put("successfulJobsHistoryLimit", KEPT)
    place.put("failedJobsHistoryLimit", KEPT)


def _job(wish: Wish, draft: Draft) -> None:
    job = wish.settings.job
    workload = draft.workload
    spec = workload.at("spec", "jobTemplate", "spec") if workload.kind == "CronJob" else workload.at("spec")
    spec.put("backoffLimit", RETRIES if job.retries is None else job.retries, wish.source("job", "retries"))
    for key, value, setting in (
        ("activeDeadlineSeconds", job.deadline, "deadline"),
        ("parallelism", job.parallelism, "parallelism"),
        ("completions", job.completions, "completions"),
    ):
        if value is not None:
            spec.put(key, int(value), wish.source("job", setting))
    if workload.kind == "Job":
        keep = A_DAY if job.keep is None else int(job.keep)
        spec.put("ttlSecondsAfterFinished", keep, wish.source("job", "keep"))


def _name_container(wish: Wish, draft: Draft) -> None:
    if wish.settings.container:
        draft.container.value["name"] = wish.settings.container
        draft.container.credit(("name",), wish.source("container"))
