"""Why a pod has no node, or has lost it."""

from __future__ import annotations

import re
from typing import NamedTuple

from cdkit.diagnosis.events import ObjectEvent
from cdkit.diagnosis.pod_status import PodStatus
from cdkit.diagnosis.verdict import FATAL_NOW, Cause, Patience
from cdkit.diagnosis.wording import evidence, quoted

UNSCHEDULABLE = Patience.after(30)
"""Time for pods that are leaving to make room."""

SCALING_UP = Patience.after(300)
"""Time for a new node, once the cluster autoscaler has asked for one."""

NODE_COMES = frozenset({"TriggeredScaleUp", "Nominated"})
"""Events of the cluster autoscaler and of Karpenter: a node for this pod is being added."""

NO_NODE_COMES = "NotTriggerScaleUp"
LOST = Patience.after(60)
"""Time for the controller's next pod to come up elsewhere."""


class _Lack(NamedTuple):
    """One of the scheduler's reasons (`pkg/scheduler/framework/plugins/*`), in words for a person.

    Attributes:
        pattern: matches one reason of the list, without its count.
        words: what is wrong; `{what}` is quoted from the pattern, `{asked}` is how much of it the pod asks for.
        passes: whether it may pass when other pods leave.
    """

    pattern: re.Pattern[str]
    words: str
    passes: bool


_LACKS = (
    _Lack(re.compile(r"Insufficient (?P<what>\S+)"), "not enough free {what}{asked}", passes=True),
    _Lack(re.compile(r"Too many pods"), "no room for one more pod", passes=True),
    _Lack(re.compile(r"free ports"), "its host port is in use", passes=True),
    _Lack(re.compile(r"taint \{(?P<what>[^}]*)\}"), "a taint that it does not tolerate, {what}", passes=False),
    _Lack(re.compile(r"anti-affinity"), "a pod that its anti-affinity keeps away from", passes=True),
    _Lack(re.compile(r"pod affinity(?! rules.*anti)"), "no pod that its pod affinity asks for", passes=True),
    _Lack(re.compile(r"topology spread"), "its topology spread constraints do not allow it", passes=True),
    _Lack(re.compile(r"volume node affinity"), "its volume cannot be used there", passes=False),
    _Lack(
        re.compile(r"node selector|node affinity|affinity/selector"),
        "its node selector or node affinity does not match",
        passes=False,
    ),
    _Lack(re.compile(r"unschedulable"), "closed for new pods (cordoned)", passes=True),
)
_NODES = re.compile(r"^0/(?P<count>\d+) nodes are available:?\s*(?P<reasons>.*?)\s*(?:\.\s+preemption:.*)?$", re.DOTALL)
_NEXT_REASON = re.compile(r",\s+(?=\d+ )")
_REASON = re.compile(r"(?P<count>\d+) (?P<words>.*)", re.DOTALL)
_CLAIM_MISSING = re.compile(r'persistentvolumeclaim "(?P<name>[^"]+)" not found')
_CLAIM_UNBOUND = re.compile(r"unbound (?:immediate )?PersistentVolumeClaim")


def unschedulable_cause(pod: PodStatus) -> Cause | None:
    """The scheduler finds no node for the pod (condition `PodScheduled`)."""
    condition = pod.condition("PodScheduled")
    if condition.get("status") != "False" or condition.get("reason") != "Unschedulable":
        return None
    message = condition.get("message") or ""
    return Cause(
        id="unschedulable",
        sentence=f"Pod {pod.name} cannot be placed on a node: {_why(pod, message)}.",
        subject=f"Pod {pod.name}",
        evidence=evidence(f"PodScheduled is False: {message}", *(str(event) for event in _scaling_events(pod))),
        remedy="Ask for less (resources.requests), correct nodeSelector, affinity and tolerations, or add a node.",
        patience=_patience(pod, message),
        pod=pod.name,
    )


def lost_cause(pod: PodStatus) -> Cause | None:
    """The pod was evicted, or refused by the node that it was given to; its controller makes another one."""
    if pod.phase != "Failed" or pod.reason in ("", "DeadlineExceeded"):
        return None
    is_evicted = pod.reason == "Evicted"
    fate = "was evicted from its node" if is_evicted else f"was refused by its node ({quoted(pod.reason)})"
    why = f": {quoted(pod.message)}" if pod.message else ""
    return Cause(
        id="evicted" if is_evicted else "pod-refused-by-node",
        sentence=f"Pod {pod.name} {fate}{why}.",
        subject=f"Pod {pod.name}",
        evidence=evidence(f"Pod {pod.name} is Failed: {pod.reason}: {pod.message}"),
        remedy="Give the pod resources.requests that it really needs, or the node more of what the message names.",
        patience=LOST,
        pod=pod.name,
    )


def _why(pod: PodStatus, message: str) -> str:
    if claim := _CLAIM_MISSING.search(message):
        return f"its PersistentVolumeClaim {quoted(claim['name'])} does not exist"
    if _CLAIM_UNBOUND.search(message):
        return "its PersistentVolumeClaim is not bound to a volume"
    found = _NODES.match(message)
    if not found:
        return quoted(message) or "the scheduler does not say why"
    nodes = int(found["count"])
    return "; ".join(_in_words(pod, reason, nodes) for reason in _reasons(found["reasons"])) or "there are no nodes"


def _reasons(text: str) -> list[str]:
    return [reason.rstrip(".") for reason in _NEXT_REASON.split(text) if reason.strip(". ")]


def _in_words(pod: PodStatus, reason: str, nodes: int) -> str:
    found = _REASON.match(reason)
    if not found:
        return quoted(reason)
    where = "the only node" if nodes == 1 else f"{found['count']} of {nodes} nodes"
    return f"{_lack_in_words(pod, found['words'])} ({where})"


def _lack_in_words(pod: PodStatus, words: str) -> str:
    for lack in _LACKS:
        if found := lack.pattern.search(words):
            what = quoted(found.groupdict().get("what") or "")
            return lack.words.format(what=what.removesuffix(":"), asked=_asked(pod, what))
    return quoted(words)


def _asked(pod: PodStatus, resource: str) -> str:
    requests = (
        ((container.spec.get("resources") or {}).get("requests") or {}).get(resource)
        for container in pod.containers
        if not container.is_init
    )
    asked = " + ".join(str(request) for request in requests if request)
    return f", it asks for {asked}" if asked else ""


def _scaling_events(pod: PodStatus) -> tuple[ObjectEvent, ...]:
    return tuple(event for event in pod.events if event.reason in (*NODE_COMES, NO_NODE_COMES))


def _patience(pod: PodStatus, message: str) -> Patience:
    """Longer while a node is being added; none when no pod that leaves and no node that comes can help."""
    scaling = next(reversed(_scaling_events(pod)), None)
    if scaling is not None and scaling.reason in NODE_COMES:
        return SCALING_UP
    return FATAL_NOW if scaling is not None and not _may_pass(message) else UNSCHEDULABLE


def _may_pass(message: str) -> bool:
    found = _NODES.match(message)
    reasons = _reasons(found["reasons"]) if found else []
    # One node that only lacks room is enough.
    return not reasons or any(_passes(reason) for reason in reasons)


def _passes(reason: str) -> bool:
    return next((lack.passes for lack in _LACKS if lack.pattern.search(reason)), True)
