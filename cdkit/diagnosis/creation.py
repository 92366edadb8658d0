"""Why a controller cannot create its pods: the API server refuses them."""

from __future__ import annotations

import re
from typing import NamedTuple

from cdkit.diagnosis.cause_id import CauseId
from cdkit.diagnosis.events import EventLog, latest
from cdkit.diagnosis.verdict import FATAL_NOW, Cause, Patience
from cdkit.diagnosis.wording import evidence, quoted
from cdkit.models.kube import Manifest

ROOM_MAY_COME = Patience.after(30)
"""Old pods that leave give their share of a quota back."""

ACCOUNT_COMES_LATER = Patience.after(10)
"""A service account, or its token, may be made just after the pod's controller."""


class _Refusal(NamedTuple):
    """Words of the API server's admission, and what they mean.

    Attributes:
        pattern: matches the words; its groups are filled into `why`.
        cause_id: the cause.
        why: completes 'Deployment x cannot create its pods: '.
        remedy: what to do.
        patience: how long it may stand.
    """

    pattern: re.Pattern[str]
    cause_id: CauseId
    why: str
    remedy: str
    patience: Patience


_REFUSALS = (
    _Refusal(
        re.compile(
            r"exceeded quota: (?P<a>[^,]+), requested: (?P<b>.+), used: (?P<c>.+), limited: (?P<d>.+)$", re.DOTALL
        ),
        "quota-exceeded",
        "the ResourceQuota {a} does not allow it (requested {b}; used {c} of {d})",
        "Raise the quota, ask for less, or remove what uses it up.",
        ROOM_MAY_COME,
    ),
    _Refusal(
        re.compile(r"failed quota: (?P<a>[^:]+): must specify (?P<b>.+)$", re.DOTALL),
        "quota-exceeded",
        "the ResourceQuota {a} asks every container for {b}",
        "Give each container the resources that the quota counts.",
        FATAL_NOW,
    ),
    _Refusal(
        re.compile(r'serviceaccount "(?P<a>[^"]+)" not found', re.IGNORECASE),
        "service-account-missing",
        "the ServiceAccount {a} does not exist",
        "Create the ServiceAccount in the namespace, or correct serviceAccountName in the manifest.",
        ACCOUNT_COMES_LATER,
    ),
    _Refusal(
        re.compile(r'no API token found for service account "?(?P<a>[^\s",]+)', re.IGNORECASE),
        "service-account-missing",
        "the ServiceAccount {a} has no token yet",
        "Look at why the cluster's token controller does not make one.",
        ROOM_MAY_COME,
    ),
    _Refusal(
        re.compile(
            r"(?:forbidden: |\[|, )(?P<a>(?:(?:maximum|minimum) \S+ usage|\S+ max limit to request ratio) per .+?)\]?$",
            re.DOTALL,
        ),
        "limit-range-violated",
        "a LimitRange of the namespace does not allow it ({a})",
        "Change the container's resources so that they fit the LimitRange.",
        FATAL_NOW,
    ),
    _Refusal(
        re.compile(r'violates PodSecurity "(?P<a>[^"]+)": (?P<b>.+)$', re.DOTALL),
        "pod-security-refused",
        "the namespace's Pod Security level {a} does not allow it ({b})",
        "Give the pod the securityContext that the level asks for.",
        FATAL_NOW,
    ),
    _Refusal(
        # The first is how Kubernetes 1.20 to 1.24 say it; older ones and OpenShift say the second.
        re.compile(
            r"(?:PodSecurityPolicy: (?:unable to admit pod: )?|"
            r"unable to validate against any (?:pod security policy|security context constraint): )"
            r"\[?(?P<a>.+?)\]?$",
            re.DOTALL,
        ),
        "pod-security-refused",
        "no pod security policy allows it ({a})",
        "Give the pod the securityContext that a policy allows, or its account a policy.",
        FATAL_NOW,
    ),
    _Refusal(
        re.compile(r'failed calling webhook "(?P<a>[^"]+)"(?:: (?P<b>.+))?$', re.DOTALL),
        "admission-unreachable",
        "the admission webhook {a} does not answer",
        "Look at the service behind the webhook.",
        ROOM_MAY_COME,
    ),
    _Refusal(
        re.compile(r'admission webhook "(?P<a>[^"]+)" denied the request(?:: (?P<b>.+))?', re.DOTALL),
        "admission-refused",
        "the admission webhook {a} denies it ({b})",
        "Change the pod so that the cluster's policy allows it.",
        FATAL_NOW,
    ),
    _Refusal(
        re.compile(r"is invalid: (?P<a>.+)$", re.DOTALL),
        "pod-invalid",
        "the pod is not valid ({a})",
        "Correct the field that the message names.",
        FATAL_NOW,
    ),
    _Refusal(
        re.compile(r"is forbidden: (?P<a>.+)$", re.DOTALL),
        "admission-refused",
        "the cluster's admission does not allow it ({a})",
        "Change the pod so that the cluster's policy allows it.",
        FATAL_NOW,
    ),
)

_UNKNOWN = _Refusal(
    re.compile(""),
    "pod-creation-failing",
    "{a}",
    "Read the message: it is what the API server answered.",
    ROOM_MAY_COME,
)


def creation_cause(workload: Manifest, creator: Manifest, log: EventLog, *, lacks_pods: bool) -> Cause | None:
    """Why `creator` cannot create pods for `workload`.

    Args:
        workload: what the person knows: a Deployment.
        creator: what creates the pods: a ReplicaSet, or the workload itself.
        log: the events.
        lacks_pods: whether pods are missing at all; if none is, what events tell is of the past.
    """
    message = _condition_message(creator)
    if not message and lacks_pods:
        message = _event_message(creator, log)
    if not message:
        return None
    refusal, words = _explain(message)
    subject = f"{workload['kind']} {workload['metadata']['name']}"
    told = latest(log.about(creator), lambda event: event.reason == "FailedCreate")
    return Cause(
        id=refusal.cause_id,
        sentence=f"{subject} cannot create its pods: {refusal.why.format(**words)}.",
        subject=subject,
        evidence=evidence(str(told)) if told else evidence(message),
        remedy=refusal.remedy,
        patience=refusal.patience,
    )


def _condition_message(creator: Manifest) -> str:
    """The condition `ReplicaFailure` of a ReplicaSet, which is taken away when a pod could be created."""
    for condition in (creator.get("status") or {}).get("conditions") or ():
        if condition.get("type") == "ReplicaFailure" and condition.get("status") == "True":
            return str(condition.get("message") or "")
    return ""


def _event_message(creator: Manifest, log: EventLog) -> str:
    events = log.about(creator)
    failed = latest(events, lambda event: event.reason == "FailedCreate")
    worked = latest(events, lambda event: event.reason == "SuccessfulCreate")
    if failed is None or (worked is not None and worked.time > failed.time):
        return ""
    return failed.message


def _explain(message: str) -> tuple[_Refusal, dict[str, str]]:
    for refusal in _REFUSALS:
        if found := refusal.pattern.search(message):
            return refusal, {name: quoted(words or "it does not say why") for name, words in found.groupdict().items()}
    return _UNKNOWN, {"a": quoted(message)}
