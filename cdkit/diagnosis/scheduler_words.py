"""The scheduler's own account of why no node will do, in words for a person.

It counts its nodes by reason: `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had untolerated taint {a: b}.`
The reasons are those of `pkg/scheduler/framework/plugins/*`; they have changed a little with each version.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from cdkit.diagnosis.wording import quoted


class _Lack(NamedTuple):
    """One of the scheduler's reasons.

    Attributes:
        pattern: matches one reason of the list, without its count.
        words: what is wrong; `{what}` is quoted from the pattern, `{asked}` is how much of it the pod asks for.
        remedy: what to do about it.
        passes: whether it may pass when other pods leave, or nodes recover.
    """

    pattern: re.Pattern[str]
    words: str
    remedy: str
    passes: bool


_ASK_FOR_LESS = "Ask for less (resources.requests), remove what uses it up, or add a node."
_LOOK_AT_NODES = "Look at the nodes: kubectl describe nodes."
_TAINT = r"taint\(?s?\)? \{{{}[^}}]*\}}"

_LACKS = (
    _Lack(re.compile(r"Insufficient (?P<what>\S+)"), "not enough free {what}{asked}", _ASK_FOR_LESS, passes=True),
    _Lack(re.compile(r"Too many pods"), "no room for one more pod", "Remove pods, or add a node.", passes=True),
    _Lack(
        re.compile(r"free ports"),
        "its host port is in use",
        "Do without hostPort (a Service needs none), or see which pod holds the port.",
        passes=True,
    ),
    _Lack(
        re.compile(_TAINT.format(r"node\.kubernetes\.io/(?P<what>disk|memory|pid)-pressure")),
        "it runs short of {what} (node pressure)",
        _LOOK_AT_NODES,
        passes=True,
    ),
    _Lack(
        re.compile(_TAINT.format(r"node\.kubernetes\.io/(?:not-ready|unreachable|network-unavailable)")),
        "it is not ready",
        _LOOK_AT_NODES,
        passes=True,
    ),
    _Lack(
        re.compile(rf"{_TAINT.format('node.kubernetes.io/unschedulable')}|were unschedulable"),
        "it is closed for new pods (cordoned)",
        "Open it again when its maintenance is over: kubectl uncordon.",
        passes=True,
    ),
    _Lack(
        re.compile(_TAINT.format(r"node\.cloudprovider\.kubernetes\.io/uninitialized")),
        "it is still being set up by its cloud",
        _LOOK_AT_NODES,
        passes=True,
    ),
    _Lack(
        re.compile(r"taint\(?s?\)?(?: \{(?P<what>[^}]*)\})?"),
        "a taint that it does not tolerate{what}",
        "Give the pod a toleration of the taint, or choose other nodes.",
        passes=False,
    ),
    _Lack(
        re.compile(r"anti-affinity"),
        "a pod that its anti-affinity keeps away from",
        "Make the anti-affinity preferred instead of required, or add a node.",
        passes=True,
    ),
    _Lack(
        re.compile(r"pod affinity(?! rules.*anti)"),
        "no pod that its pod affinity asks for",
        "Correct the pod affinity, or deploy what it asks for first.",
        passes=True,
    ),
    _Lack(
        re.compile(r"topology spread"),
        "its topology spread constraints do not allow it",
        "Relax topologySpreadConstraints (whenUnsatisfiable: ScheduleAnyway), or add a node.",
        passes=True,
    ),
    _Lack(
        re.compile(r"volume node affinity"),
        "its volume cannot be used there",
        "The volume lives in another zone or node: free a node there, or make the claim anew.",
        passes=False,
    ),
    _Lack(
        re.compile(r"exceed max volume count"),
        "no room for one more volume",
        "Use fewer volumes, or add a node.",
        passes=True,
    ),
    _Lack(
        re.compile(r"node selector|node affinity|affinity/selector|node\(s\) didn't match the requested node name"),
        "its node selector or node affinity does not match",
        "Correct nodeSelector or affinity, or label a node: kubectl get nodes --show-labels.",
        passes=False,
    ),
)
_NODES = re.compile(
    r"^0/(?P<count>\d+) nodes are available:?\s*(?P<reasons>.*?)\s*"
    r"(?:\.\s+(?:no new claims to deallocate, )?preemption:.*)?$",
    re.DOTALL,
)
_NEXT_REASON = re.compile(r",\s+(?=\d+ )")
_REASON = re.compile(r"(?P<count>\d+) (?P<words>.*)", re.DOTALL)


class Obstacle(NamedTuple):
    """Why no node will do.

    Attributes:
        sentence: completes 'cannot be placed on a node: '.
        remedy: what to do about the first of the reasons.
        passes: whether one node would do when other pods leave, or when it recovers.
    """

    sentence: str
    remedy: str
    passes: bool


def obstacle(message: str, asked: Mapping[str, str]) -> Obstacle:
    """What the scheduler's message says.

    Args:
        message: of the pod's condition `PodScheduled`.
        asked: how much the pod asks for of each resource, as text.
    """
    found = _NODES.match(message)
    if not found:
        return Obstacle(quoted(message) or "the scheduler does not say why", _LOOK_AT_NODES, passes=True)
    nodes = int(found["count"])
    reasons = [reason.rstrip(".") for reason in _NEXT_REASON.split(found["reasons"]) if reason.strip(". ")]
    if not reasons:
        return Obstacle("there are no nodes", "Add a node to the cluster.", passes=True)
    lacks = [_lack(reason) for reason in reasons]
    return Obstacle(
        sentence="; ".join(dict.fromkeys(_in_words(reason, nodes, asked) for reason in reasons)),
        remedy=" ".join(dict.fromkeys(lack.remedy if lack else _LOOK_AT_NODES for lack in lacks)),
        passes=any(lack is None or lack.passes for lack in lacks),
    )


def _lack(reason: str) -> _Lack | None:
    return next((lack for lack in _LACKS if lack.pattern.search(reason)), None)


def _in_words(reason: str, nodes: int, asked: Mapping[str, str]) -> str:
    found = _REASON.match(reason)
    if not found:
        return quoted(reason)
    where = "the only node" if nodes == 1 else f"{found['count']} of {nodes} nodes"
    return f"{_lack_in_words(found['words'], asked)} ({where})"


def _lack_in_words(words: str, asked: Mapping[str, str]) -> str:
    lack = _lack(words)
    if lack is None:
        return quoted(words)
    found = lack.pattern.search(words)
    named = found.groupdict().get("what") if found else None
    what = quoted(named or "").removesuffix(":")
    amount = f", it asks for {asked[what]}" if what in asked else ""
    return lack.words.format(what=f", {what}" if what and lack.words.endswith("{what}") else what, asked=amount)
