"""How far a Deployment has come, and what stands in its way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from cdkit.diagnosis.creation import creation_cause
from cdkit.diagnosis.deletion import lingering_causes
from cdkit.diagnosis.events import EventLog
from cdkit.diagnosis.replicas import (
    desired_replicas,
    is_observed,
    not_observed_yet,
    owned_by,
    replica_causes,
    unfinished,
    without_patience,
)
from cdkit.diagnosis.verdict import FATAL_NOW, Cause, Progress, Verdict
from cdkit.diagnosis.wording import counted, evidence
from cdkit.models.kube import Manifest

TEMPLATE_HASH = "pod-template-hash"

REVISION = "deployment.kubernetes.io/revision"
"""The annotation that ties a Deployment to its newest ReplicaSet."""


def diagnose_deployment(
    deployment: Manifest,
    replica_sets: Iterable[Manifest],
    pods: Iterable[Manifest],
    events: Iterable[Manifest],
) -> Verdict:
    """Judge one look at a Deployment.

    It has succeeded when `kubectl rollout status` says so: its controller has seen this generation, all replicas are
    of the newest revision, no old one is left, and all are available.
    https://github.com/kubernetes/kubectl/blob/v0.20.2/pkg/polymorphichelpers/rollout_status.go

    Args:
        deployment: the Deployment.
        replica_sets: ReplicaSets of its namespace; those of others are ignored.
        pods: Pods of its namespace; those of others, and of older revisions, are ignored.
        events: Events of its namespace.
    """
    if not is_observed(deployment):
        return not_observed_yet(deployment)
    desired, status = desired_replicas(deployment), deployment.get("status") or {}
    summary = _summary(desired, status)
    if _is_rolled_out(desired, status):
        return Verdict("succeeded", summary, progress=Progress(desired, desired))
    causes = _causes(deployment, replica_sets, pods, EventLog(events), desired)
    return unfinished(summary, causes, _progress(desired, status))


def newest_replica_set(deployment: Manifest, replica_sets: Iterable[Manifest]) -> Manifest | None:
    """The ReplicaSet of the Deployment's current template; None while there is none yet.

    The Deployment's own annotation names its revision. It still names the old one while a Deployment that is recreated
    waits for its old pods to go; so the templates have to be the same, too.
    """
    owned = [item for item in owned_by(deployment, replica_sets) if _template(item) == _template(deployment)]
    revision = _revision(deployment)
    if revision:
        return next((item for item in owned if _revision(item) == revision), None)
    return max(owned, key=lambda item: item["metadata"].get("creationTimestamp") or "", default=None)


def _template(workload: Manifest) -> Manifest:
    """The pod template without the label that a ReplicaSet adds to it."""
    template = (workload.get("spec") or {}).get("template") or {}
    metadata = template.get("metadata") or {}
    labels = {key: value for key, value in (metadata.get("labels") or {}).items() if key != TEMPLATE_HASH}
    return {**template, "metadata": {**metadata, "labels": labels}}


def _revision(manifest: Manifest) -> str:
    return str((manifest["metadata"].get("annotations") or {}).get(REVISION, ""))


def _is_rolled_out(desired: int, status: dict[str, Any]) -> bool:
    updated = status.get("updatedReplicas") or 0
    return (
        updated >= desired
        and (status.get("replicas") or 0) <= updated
        and (status.get("availableReplicas") or 0) >= updated
    )


def _progress(desired: int, status: dict[str, Any]) -> Progress:
    """The status does not say which replicas are available: as long as old ones run, these are taken to be."""
    updated = status.get("updatedReplicas") or 0
    old = max(0, (status.get("replicas") or 0) - updated)
    new_and_available = max(0, (status.get("availableReplicas") or 0) - old)
    return Progress(min(desired, updated, new_and_available), desired)


def _summary(desired: int, status: dict[str, Any]) -> str:
    updated = status.get("updatedReplicas") or 0
    old = max(0, (status.get("replicas") or 0) - updated)
    available = status.get("availableReplicas") or 0
    parts = [f"{updated} of {counted(desired, 'replica')} updated", f"{available} available"]
    if old:
        parts.append(f"{old} old still running")
    return ", ".join(parts)


def _causes(
    deployment: Manifest,
    replica_sets: Iterable[Manifest],
    pods: Iterable[Manifest],
    log: EventLog,
    desired: int,
) -> tuple[Cause, ...]:
    owned = owned_by(deployment, replica_sets)
    newest, all_pods = newest_replica_set(deployment, owned), list(pods)
    causes: list[Cause] = []
    if newest is not None:
        own_pods = owned_by(newest, all_pods)
        lacks_pods = len(own_pods) < desired_replicas(newest)
        created = creation_cause(deployment, newest, log, lacks_pods=lacks_pods)
        causes += [created] if created else []
        causes += replica_causes(own_pods, log, desired=desired)
    if ((deployment.get("spec") or {}).get("strategy") or {}).get("type") == "Recreate":
        # Kubernetes makes no new pod before the last old one has gone.
        causes += lingering_causes([pod for item in owned for pod in owned_by(item, all_pods)], log)
    causes += _paused(deployment)
    overdue = _overdue(deployment)
    return (*without_patience(causes), *overdue) if overdue else tuple(causes)


def _paused(deployment: Manifest) -> Sequence[Cause]:
    if not (deployment.get("spec") or {}).get("paused"):
        return ()
    name = deployment["metadata"]["name"]
    return (
        Cause(
            id="rollout-paused",
            sentence=f"Deployment {name} is paused, so that Kubernetes does not roll it out.",
            subject=f"Deployment {name}",
            evidence=("spec.paused is true",),
            remedy=f"Resume it: kubectl rollout resume deployment/{name}.",
            patience=FATAL_NOW,
        ),
    )


def _overdue(deployment: Manifest) -> Sequence[Cause]:
    """The Deployment's own deadline has passed (condition `Progressing`, reason `ProgressDeadlineExceeded`)."""
    for condition in (deployment.get("status") or {}).get("conditions") or ():
        if condition.get("type") == "Progressing" and condition.get("reason") == "ProgressDeadlineExceeded":
            name = deployment["metadata"]["name"]
            seconds = (deployment.get("spec") or {}).get("progressDeadlineSeconds") or 600
            return (
                Cause(
                    id="progress-deadline",
                    sentence=f"Deployment {name} made no progress for {seconds} seconds (progressDeadlineSeconds).",
                    subject=f"Deployment {name}",
                    evidence=evidence(f"Progressing is {condition.get('status')}: {condition.get('message', '')}"),
                    remedy="See what its pods wait for; raise progressDeadlineSeconds if they are really that slow.",
                    patience=FATAL_NOW,
                ),
            )
    return ()
