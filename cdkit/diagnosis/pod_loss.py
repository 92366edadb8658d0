"""Why a pod that had a node is not there any more, or is out of reach."""

from __future__ import annotations

import re

from cdkit.diagnosis.cause_id import CauseId
from cdkit.diagnosis.events import latest
from cdkit.diagnosis.pod_status import PodStatus
from cdkit.diagnosis.verdict import NEVER_FATAL, Cause, Patience
from cdkit.diagnosis.wording import evidence, quoted

LOST = Patience.after(60)
"""Time for the controller's next pod to come up elsewhere."""

NODE_LOST = Patience.after(360)
"""A node that is silent for 40 s counts as lost, and its pods are moved after 300 s more (`tolerationSeconds`)."""

DISRUPTION = "DisruptionTarget"
"""The condition of a pod that is about to be ended from outside.

https://kubernetes.io/docs/concepts/workloads/pods/disruptions/#pod-disruption-conditions
"""

_DISRUPTIONS = {
    "PreemptionByScheduler": "had to make room for a pod of higher priority",
    "DeletionByTaintManager": "had to leave its node because of a taint",
    "EvictionByEvictionAPI": "was evicted by somebody, as `kubectl drain` does",
    "DeletionByPodGC": "was removed because its node is gone",
    "TerminationByKubelet": "was ended by its node",
}
_OVER_A_LIMIT = re.compile(r"\bexceed(?:s|ed)\b.*\blimit\b")
"""The kubelet's words for a pod that wrote more than itself allows: into a volume, or onto the disk of the node."""

_WRITES_TOO_MUCH = "Raise the limit that the message names, or let the pod write less."
_REMEDIES: dict[CauseId, str] = {
    "evicted": "Give the pod resources.requests that it really needs, or the node more of what the message names.",
    "node-lost": "Look at the node: kubectl describe node. Its pods come up elsewhere when it stays away.",
    "pod-refused-by-node": "Ask for what the node has (resources.requests, nodeName), or look at the node's kubelet.",
    "preempted": "Give the pod a higher priority (priorityClassName), or the cluster more room.",
}


def lost_cause(pod: PodStatus) -> Cause | None:
    """The pod was evicted, or refused by the node that it was given to; its controller makes another one."""
    disruption = pod.condition(DISRUPTION)
    if pod.phase != "Failed" or (not pod.reason and disruption.get("status") != "True"):
        return None
    if pod.reason == "DeadlineExceeded" or disruption.get("reason") == "PreemptionByScheduler":
        return None
    why = f": {quoted(pod.message or disruption.get('message') or '')}".removesuffix(": ")
    if pod.reason == "Evicted":
        return _loss(pod, "evicted", f"was evicted from its node{why}", LOST)
    if pod.reason in ("", "Terminated"):
        return _loss(pod, "evicted", f"{_disrupted(disruption.get('reason') or '')}{why}", LOST)
    if pod.reason == "NodeLost":
        return _loss(pod, "node-lost", f"is lost with its node{why}", LOST)
    return _loss(pod, "pod-refused-by-node", f"was refused by its node ({quoted(pod.reason)}){why}", LOST)


def node_cause(pod: PodStatus) -> Cause | None:
    """The pod's node does not answer any more (event `NodeNotReady` of the node controller, status `NodeLost`)."""
    silent = latest(pod.events, lambda event: event.reason == "NodeNotReady")
    back = latest(pod.events, lambda event: event.reason in ("Started", "Created", "Pulled"))
    is_silent = silent is not None and not (back and back.time > silent.time)
    if pod.is_ready or pod.is_over or not (is_silent or pod.reason == "NodeLost"):
        return None
    node = pod.spec.get("nodeName") or "its node"
    why = f": {quoted(pod.message)}" if pod.message else ""
    return _loss(
        pod, "node-lost", f"is out of reach: the node {node} does not answer{why}", NODE_LOST, str(silent or "")
    )


def preempted_cause(pod: PodStatus) -> Cause | None:
    """The scheduler ended the pod in favour of another one; its controller makes another one, which has to wait."""
    told = latest(pod.events, lambda event: event.reason == "Preempted")
    is_target = pod.condition(DISRUPTION).get("reason") == "PreemptionByScheduler"
    if told is None and not is_target:
        return None
    return _loss(pod, "preempted", _DISRUPTIONS["PreemptionByScheduler"], NEVER_FATAL, str(told or ""))


def _disrupted(reason: str) -> str:
    return _DISRUPTIONS.get(reason, "was ended from outside")


def _loss(pod: PodStatus, cause_id: CauseId, fate: str, patience: Patience, *proof: str) -> Cause:
    disruption = pod.condition(DISRUPTION)
    shown = f"{DISRUPTION}: {disruption.get('reason')}: {disruption.get('message')}" if disruption else ""
    status = f"Pod {pod.name} is {pod.phase}: {pod.reason}: {pod.message}" if pod.reason else ""
    return Cause(
        id=cause_id,
        sentence=f"Pod {pod.name} {fate}.",
        subject=f"Pod {pod.name}",
        evidence=evidence(status, shown, *proof),
        remedy=_WRITES_TOO_MUCH if _OVER_A_LIMIT.search(pod.message) else _REMEDIES[cause_id],
        patience=patience,
        pod=pod.name,
    )
