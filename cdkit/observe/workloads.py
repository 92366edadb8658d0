"""Which objects tell how a rollout goes, for each kind of workload, and what they tell together."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from cdkit.diagnosis.daemon_set import diagnose_daemon_set
from cdkit.diagnosis.deployment import diagnose_deployment
from cdkit.diagnosis.judge import Decision
from cdkit.diagnosis.stateful_set import diagnose_stateful_set
from cdkit.diagnosis.verdict import FATAL_NOW, Cause, Progress, Verdict
from cdkit.errors import ObjectNotFound
from cdkit.flow.cancellation import Cancellation
from cdkit.flow.clock import Clock
from cdkit.models.kube import Manifest, ObjectQuery, ObjectRef
from cdkit.observe.follow import Tell, follow
from cdkit.observe.snapshot import Snapshot
from cdkit.ports.cluster import Cluster

OnProgress = Callable[[Progress], None]
"""Called with how many replicas there are, and how many there are to be."""

_Diagnose = Callable[[Manifest, Snapshot], Verdict]

_DIAGNOSES: dict[str, _Diagnose] = {
    "Deployment": lambda workload, seen: diagnose_deployment(
        workload, seen["replica_sets"], seen["pods"], seen["events"]
    ),
    "StatefulSet": lambda workload, seen: diagnose_stateful_set(workload, seen["pods"], seen["events"]),
    "DaemonSet": lambda workload, seen: diagnose_daemon_set(workload, seen["pods"], seen["events"]),
}


def follow_workload(
    cluster: Cluster,
    ref: ObjectRef,
    *,
    cancellation: Cancellation,
    clock: Clock,
    tell: Tell,
    on_progress: OnProgress,
    seconds: float,
) -> Decision:
    """Watch the rollout of a workload until it is complete, cannot complete, or its time is over.

    Args:
        cluster: the API server.
        ref: a Deployment, StatefulSet or DaemonSet.
        cancellation: ends the watching.
        clock: the time.
        tell: hears how it goes.
        on_progress: hears how many replicas are as they are to be, whenever that changes.
        seconds: how long to watch; after that the decision is the last one, which is not final.

    Raises:
        ObjectNotFound: there is no such workload.
        CdkitError: the reason of the cancellation, or what the API server will not let us see.
    """
    workload = cluster.get(ref)
    if workload is None:
        raise ObjectNotFound(f"There is no {ref} in {ref.namespace!r}.")
    told = Progress()

    def diagnose(seen: Snapshot) -> Verdict:
        nonlocal told
        verdict = _diagnose(ref, seen)
        if verdict.progress != told:
            on_progress(verdict.progress)
            told = verdict.progress
        return verdict

    return follow(
        cluster,
        _queries(ref, workload["spec"]["selector"]),
        diagnose,
        cancellation=cancellation,
        clock=clock,
        tell=tell,
        latest=clock.monotonic() + seconds,
    )


def _queries(ref: ObjectRef, selector: dict[str, Any]) -> dict[str, ObjectQuery]:
    itself = ObjectQuery(ref.api_version, ref.kind, ref.namespace, field_selector=f"metadata.name={ref.name}")
    pods = ObjectQuery("v1", "Pod", ref.namespace, label_selector=selector_text(selector))
    queries = {"workload": itself, "pods": pods, "events": ObjectQuery("v1", "Event", ref.namespace)}
    if ref.kind == "Deployment":
        queries["replica_sets"] = msgspec.structs.replace(pods, api_version="apps/v1", kind="ReplicaSet")
    return queries


def selector_text(selector: dict[str, Any]) -> str:
    """A label selector as the API takes it in a query.

    https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#list-and-watch-filtering
    """
    parts = [f"{key}={value}" for key, value in (selector.get("matchLabels") or {}).items()]
    for expression in selector.get("matchExpressions") or ():
        key, values = expression["key"], ",".join(expression.get("values") or ())
        parts.append(
            {"In": f"{key} in ({values})", "NotIn": f"{key} notin ({values})", "Exists": key}.get(
                expression["operator"], f"!{key}"
            )
        )
    return ",".join(parts)


def _diagnose(ref: ObjectRef, seen: Snapshot) -> Verdict:
    if not seen["workload"]:
        return Verdict("failed", f"{ref} is gone", (_gone(ref),))
    return _DIAGNOSES[ref.kind](seen["workload"][0], seen)


def _gone(ref: ObjectRef) -> Cause:
    return Cause(
        id="workload-gone",
        sentence=f"{ref} was deleted while its rollout was watched.",
        subject=str(ref),
        evidence=(f"the API server lists no {ref} in {ref.namespace!r} any more",),
        remedy="Find out who deleted it, and run again.",
        patience=FATAL_NOW,
    )
