"""Whether a HorizontalPodAutoscaler can scale."""

from __future__ import annotations

import json
from typing import Any

from cdkit.diagnosis.cause_id import CauseId
from cdkit.diagnosis.conditions import Condition, conditions_of, told, words_of
from cdkit.diagnosis.replicas import unfinished
from cdkit.diagnosis.verdict import NEVER_FATAL, Cause, Patience, Verdict
from cdkit.diagnosis.wording import evidence, quoted
from cdkit.models.kube import Manifest

CONDITIONS_OF_V1 = "autoscaling.alpha.kubernetes.io/conditions"
"""The annotation with the conditions, as `autoscaling/v1` shows an object that has no such field there."""

TARGET_COMES_LATER = Patience.after(30)

METRICS_COME = Patience.after(120)
"""New pods have no metrics for the first minute."""

LIMITED = frozenset({"TooFewReplicas", "TooManyReplicas"})


def diagnose_autoscaler(autoscaler: Manifest) -> Verdict:
    """Judge one look at a HorizontalPodAutoscaler: it finds its target, and gets the metrics that it asks for.

    https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale-walkthrough/#appendix-horizontal-pod-autoscaler-status-conditions

    Args:
        autoscaler: the HorizontalPodAutoscaler, of any version.
    """
    name, conditions = autoscaler["metadata"]["name"], _conditions(autoscaler)
    able, active = conditions.get("AbleToScale", {}), conditions.get("ScalingActive", {})
    subject = f"HorizontalPodAutoscaler {name}"
    if not conditions:
        return unfinished(f"{subject} has not been looked at by its controller yet", ())
    if able.get("status") == "False" and able.get("reason") == "FailedGetScale":
        return unfinished(f"{subject} has no target", (_no_target(autoscaler, able),))
    if active.get("status") == "False" and active.get("reason") != "ScalingDisabled":
        return unfinished(f"{subject} cannot scale", (_no_metrics(autoscaler, active),))
    if able.get("status") == "False":
        return unfinished(f"{subject} cannot scale", (_no_metrics(autoscaler, able),))
    limit = conditions.get("ScalingLimited", {})
    at_limit = limit.get("status") == "True" and limit.get("reason") in LIMITED
    return Verdict("succeeded", f"{subject} scales" + (", and is at its limit" if at_limit else ""))


def _conditions(autoscaler: Manifest) -> dict[str, Condition]:
    text = (autoscaler["metadata"].get("annotations") or {}).get(CONDITIONS_OF_V1)
    if text is None:
        return conditions_of(autoscaler)
    try:
        found: Any = json.loads(text)
    except ValueError:
        return {}
    return conditions_of({**autoscaler, "status": {"conditions": found}})


def _no_target(autoscaler: Manifest, condition: Condition) -> Cause:
    target = (autoscaler.get("spec") or {}).get("scaleTargetRef") or {}
    which = f"{target.get('kind')} {target.get('name')}"
    return _cause(
        autoscaler,
        condition,
        "autoscaler-target-missing",
        f"cannot scale {which}: {quoted(words_of(condition))}",
        remedy="Correct scaleTargetRef, or create what it names.",
        patience=TARGET_COMES_LATER,
    )


def _no_metrics(autoscaler: Manifest, condition: Condition) -> Cause:
    words = words_of(condition)
    remedy = "Look at the metrics server of the cluster: kubectl top pods."
    if "missing request" in words:
        remedy = "Give each container of the pods resources.requests: utilisation is measured against them."
    # Somebody has set the target to no replicas, or another autoscaler has the same pods: it says so, and goes on.
    patience = NEVER_FATAL if condition.get("reason") == "AmbiguousSelector" else METRICS_COME
    return _cause(
        autoscaler,
        condition,
        "autoscaler-cannot-scale",
        f"cannot scale: {quoted(words)}",
        remedy=remedy,
        patience=patience,
    )


def _cause(
    autoscaler: Manifest, condition: Condition, cause_id: CauseId, fate: str, *, remedy: str, patience: Patience
) -> Cause:
    subject = f"HorizontalPodAutoscaler {autoscaler['metadata']['name']}"
    return Cause(
        id=cause_id,
        sentence=f"{subject} {fate}.",
        subject=subject,
        evidence=evidence(told(condition)),
        remedy=remedy,
        patience=patience,
    )
