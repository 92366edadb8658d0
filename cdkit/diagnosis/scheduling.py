"""Why a pod has no node."""

from __future__ import annotations

import re

from cdkit.diagnosis.cause_id import CauseId
from cdkit.diagnosis.events import ObjectEvent
from cdkit.diagnosis.pod_status import PodStatus
from cdkit.diagnosis.scheduler_words import Obstacle, obstacle
from cdkit.diagnosis.verdict import FATAL_NOW, Cause, Patience
from cdkit.diagnosis.wording import evidence, quoted

UNSCHEDULABLE = Patience.after(30)
"""Time for pods that are leaving to make room, and for a claim that is made after the pod."""

SCALING_UP = Patience.after(300)
"""Time for a new node, once the cluster autoscaler has asked for one."""

CLAIM_BINDS = Patience.after(60)
"""Time for a volume to be made."""

GATED = Patience.after(300)
"""Time for whoever has put the gate there, such as a queue, to take it away."""

UNHEARD = Patience.after(60)
"""Time for a scheduler to take note of a pod."""

NODE_COMES = frozenset({"TriggeredScaleUp", "Nominated"})
"""Events of the cluster autoscaler and of Karpenter: a node for this pod is being added."""

NO_NODE_COMES = "NotTriggerScaleUp"
DEFAULT_SCHEDULER = "default-scheduler"

_CLAIM_MISSING = re.compile(r'persistentvolumeclaim "(?P<name>[^"]+)" (?:not found|is being deleted)')
_CLAIM_UNBOUND = re.compile(r"unbound (?:immediate )?PersistentVolumeClaim")
_WHY_UNBOUND = frozenset({"FailedBinding", "ProvisioningFailed"})


def unschedulable_cause(pod: PodStatus) -> Cause | None:
    """The scheduler finds no node for the pod (condition `PodScheduled`)."""
    condition = pod.condition("PodScheduled")
    if condition.get("status") != "False" or condition.get("reason") != "Unschedulable":
        return None
    message = condition.get("message") or ""
    if missing := _CLAIM_MISSING.search(message):
        return _claim_missing(pod, message, missing["name"])
    if _CLAIM_UNBOUND.search(message):
        return _claim_unbound(pod, message)
    found = obstacle(message, _asked(pod))
    scaling = _scaling(pod)
    return _unplaced(
        pod,
        "unschedulable",
        f"cannot be placed on a node: {found.sentence}{_scaling_words(scaling)}",
        remedy=found.remedy,
        patience=_patience(found, scaling),
        proof=(f"PodScheduled is False: {message}", str(scaling or "")),
    )


def gated_cause(pod: PodStatus) -> Cause | None:
    """Somebody keeps the scheduler from looking at the pod (`spec.schedulingGates`)."""
    if pod.condition("PodScheduled").get("reason") != "SchedulingGated":
        return None
    gates = ", ".join(quoted(gate.get("name") or "") for gate in pod.spec.get("schedulingGates") or ())
    return _unplaced(
        pod,
        "scheduling-gated",
        f"is not placed on a node, because a scheduling gate holds it back: {gates}",
        remedy="Look at the controller that the gate belongs to, such as a queue; it takes the gate away.",
        patience=GATED,
        proof=(f"PodScheduled is False: {pod.condition('PodScheduled').get('message') or ''}",),
    )


def unheard_cause(pod: PodStatus) -> Cause | None:
    """No scheduler has looked at the pod, and it asks for another one than everybody else."""
    scheduler = pod.spec.get("schedulerName") or DEFAULT_SCHEDULER
    if scheduler == DEFAULT_SCHEDULER or pod.spec.get("nodeName") or pod.condition("PodScheduled") or pod.events:
        return None
    return _unplaced(
        pod,
        "scheduler-missing",
        f"is not placed on a node: no scheduler called {quoted(scheduler)} has looked at it",
        remedy="Correct spec.schedulerName, or see whether that scheduler runs.",
        patience=UNHEARD,
        proof=(f"spec.schedulerName is {quoted(scheduler)}, and no event tells of the pod",),
    )


def _claim_missing(pod: PodStatus, message: str, name: str) -> Cause:
    state = "is being deleted" if "is being deleted" in message else "does not exist"
    return _unplaced(
        pod,
        "volume-claim-missing",
        f"cannot be placed on a node: its PersistentVolumeClaim {quoted(name)} {state}",
        remedy="Create the claim in the namespace of the pod, or correct its name in the manifest.",
        patience=UNSCHEDULABLE,
        proof=(f"PodScheduled is False: {message}",),
    )


def _claim_unbound(pod: PodStatus, message: str) -> Cause:
    """The scheduler does not say which claim, and why; the events of the claims do."""
    told = [
        (name, event) for name, events in pod.claim_events.items() for event in events if event.reason in _WHY_UNBOUND
    ]
    if told:
        name, event = told[-1]
        which = f"its PersistentVolumeClaim {quoted(name)} is not bound to a volume: {quoted(event.message)}"
    else:
        names = ", ".join(map(quoted, pod.claim_events))
        which = f"its PersistentVolumeClaim {names} is not bound to a volume".replace("  ", " ")
    return _unplaced(
        pod,
        "volume-claim-unbound",
        f"cannot be placed on a node: {which}",
        remedy="Look at the claim: its storage class, its size and access mode, and the provisioner of the class.",
        patience=CLAIM_BINDS,
        proof=(f"PodScheduled is False: {message}", *(str(event) for _, event in told)),
    )


def _unplaced(
    pod: PodStatus, cause_id: CauseId, fate: str, *, remedy: str, patience: Patience, proof: tuple[str, ...]
) -> Cause:
    return Cause(
        id=cause_id,
        sentence=f"Pod {pod.name} {fate}.",
        subject=f"Pod {pod.name}",
        evidence=evidence(*proof),
        remedy=remedy,
        patience=patience,
        pod=pod.name,
    )


def _asked(pod: PodStatus) -> dict[str, str]:
    """How much the pod asks for of each resource: `100m + 200m`."""
    asked: dict[str, list[str]] = {}
    for container in pod.containers:
        if not container.is_init:
            requests = (container.spec.get("resources") or {}).get("requests") or {}
            for resource, amount in requests.items():
                asked.setdefault(resource, []).append(str(amount))
    return {resource: " + ".join(amounts) for resource, amounts in asked.items()}


def _scaling(pod: PodStatus) -> ObjectEvent | None:
    """The last that was told about a node for the pod that is to be added, or is not."""
    return next((event for event in reversed(pod.events) if _is_scaling(event)), None)


def _is_scaling(event: ObjectEvent) -> bool:
    return event.reason in (*NODE_COMES, NO_NODE_COMES) or (
        event.reason == "FailedScheduling" and event.source == "karpenter"
    )


def _scaling_words(scaling: ObjectEvent | None) -> str:
    if scaling is None:
        return ""
    if scaling.reason in NODE_COMES:
        return "; the cluster is adding a node for it"
    return f"; the cluster adds no node for it ({quoted(scaling.message)})"


def _patience(found: Obstacle, scaling: ObjectEvent | None) -> Patience:
    """Longer while a node is being added; none when no pod that leaves and no node that comes can help."""
    if scaling is not None and scaling.reason in NODE_COMES:
        return SCALING_UP
    return FATAL_NOW if scaling is not None and not found.passes else UNSCHEDULABLE
