"""Why the image of a container is not there.

The kubelet quotes its runtime, and each runtime has words of its own: Docker (dockershim, to 1.23), containerd, CRI-O.
https://kubernetes.io/docs/concepts/containers/images/
"""

from __future__ import annotations

import re
from typing import NamedTuple

import msgspec

from cdkit.diagnosis.cause_id import CauseId
from cdkit.diagnosis.container import container_cause
from cdkit.diagnosis.container_start import STILL_CREATING
from cdkit.diagnosis.events import ObjectEvent, latest
from cdkit.diagnosis.pod_status import ContainerStatus, PodStatus
from cdkit.diagnosis.verdict import FATAL_NOW, Cause, Patience
from cdkit.diagnosis.wording import quoted
from cdkit.models.image import ImageReference

PULLING_REASONS = frozenset(
    {
        "ErrImagePull",
        "ImagePullBackOff",
        "InvalidImageName",
        "ErrImageNeverPull",
        "ImageInspectError",
        "RegistryUnavailable",
        "SignatureValidationFailed",
    }
)
"""The reasons of a waiting container whose image is not there (`pkg/kubelet/images/types.go`)."""

RETRIED = Patience.after(30)
"""The kubelet asks again after 10, 20 and 40 seconds; what passes by itself has passed after the second time."""

THROTTLED = Patience.after(120)
"""Registries count pulls in windows of minutes."""


_PULL_SECRETS = re.compile(r"image pull secrets \((?P<names>[^)]*)\)")


class _Refusal(NamedTuple):
    """Words of a runtime, and what they mean.

    Attributes:
        pattern: any of the words that the runtimes have for it; matched in any case.
        cause_id: the cause.
        why: completes 'Pod x cannot start: '; `{image}` and `{registry}` are filled in.
        remedy: what to do.
        patience: how long it may stand.
    """

    pattern: re.Pattern[str]
    cause_id: CauseId
    why: str
    remedy: str
    patience: Patience


def _words(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


# The order matters: 'pull access denied for x, repository does not exist or may require login' is a refusal, and
# 'no match for platform in manifest: not found' is of the architecture.
_REFUSALS = (
    _Refusal(
        _words(r"invalid reference format", r"couldn't parse image (?:reference|name)", r"InvalidImageName"),
        "invalid-image-name",
        "{image} is not a valid name of an image",
        "Correct the image's name: a repository is in lower case, and a tag has at most 128 letters, digits, '.', '_' "
        "or '-'.",
        FATAL_NOW,
    ),
    _Refusal(
        _words(r"not present with pull policy of Never", r"ErrImageNeverPull"),
        "image-never-pulled",
        "the image {image} is not on the node, and imagePullPolicy Never forbids to pull it",
        "Set imagePullPolicy to IfNotPresent, or load the image on every node.",
        FATAL_NOW,
    ),
    _Refusal(
        _words(r"toomanyrequests", r"too many requests", r"\b429\b", r"pull QPS exceeded"),
        "registry-throttled",
        "{registry} refuses further pulls for now (too many requests), so that the image {image} cannot be pulled",
        "Wait, pull with an account that has a higher limit (imagePullSecrets), or mirror the image.",
        THROTTLED,
    ),
    _Refusal(
        _words(r"HTTP response to HTTPS client", r"x509:", r"certificate signed by unknown", r"tls: "),
        "registry-not-trusted",
        "the node and {registry} cannot agree on a trusted connection, so that the image {image} cannot be pulled",
        "Give the node's container runtime the registry's certificate, or allow the registry there as an insecure one.",
        FATAL_NOW,
    ),
    _Refusal(
        _words(
            r"no matching manifest for",
            r"no match for platform in manifest",
            r"no image found in (?:manifest list|image index) for architecture",
            r"does not match the specified platform",
        ),
        "wrong-architecture",
        "the image {image} is not made for the architecture of the node",
        "Build the image for the node's architecture, or as an image of several, or choose other nodes.",
        FATAL_NOW,
    ),
    _Refusal(
        _words(r"repository does not exist or may require"),
        "image-not-allowed",
        "the image {image} does not exist, or its registry does not let the node pull it",
        "Check the image's name, and give the pod an imagePullSecret for the registry.",
        FATAL_NOW,
    ),
    _Refusal(
        _words(
            r"pull access denied",
            r"unauthorized",
            r"authentication required",
            r"no basic auth credentials",
            r"authorization failed",
            r"requested access to the resource is denied",
            r"access denied",
            r"\bdenied:",
            r"\b40[13] (?:unauthorized|forbidden)",
            r"status(?: code)?:? 40[13]",
            r"insufficient_scope",
        ),
        "image-not-allowed",
        "the registry does not let the node pull the image {image}",
        "Give the pod an imagePullSecret for the registry, or its account the right to pull.",
        FATAL_NOW,
    ),
    _Refusal(
        _words(
            r"dial tcp",
            r"connection (?:refused|reset)",
            r"no such host",
            r"i/o timeout",
            r"timed? ?out",
            r"context deadline exceeded",
            r"Client\.Timeout",
            r"no route to host",
            r"network is unreachable",
            r"server misbehaving",
            r"temporary failure in name resolution",
            r"unexpected EOF",
            r": EOF",
            r"RegistryUnavailable",
            r"unexpected (?:HTTP )?status(?: code)?[^:]*:? 5\d\d",
            r"received unexpected HTTP status: 5\d\d",
            r"\b50[0234] (?:internal|bad|service|gateway)",
        ),
        "registry-unreachable",
        "the node does not get an answer from {registry} for the image {image}",
        "Check the registry's address, that it runs, and that the cluster's nodes can reach it.",
        RETRIED,
    ),
    _Refusal(
        _words(
            r"manifest unknown",
            r"manifest for .* not found",
            r"name unknown",
            r"repository .* not found",
            r": not found",
            r"\b404 not found",
            r"manifest invalid",
            r"does not exist",
        ),
        "image-not-found",
        "the image {image} does not exist in its registry",
        "Push the image, or correct its name, tag or digest.",
        FATAL_NOW,
    ),
    _Refusal(
        _words(r"no space left on device"),
        "node-disk-full",
        "the disk of the node is full, so that the image {image} cannot be pulled",
        "Free disk space on the node, or use a smaller image.",
        RETRIED,
    ),
)

_UNKNOWN = _Refusal(
    _words(r""),
    "image-pull-failing",
    "the image {image} cannot be pulled",
    "Read the runtime's words in the evidence; `docker pull` of the image on the node says the same.",
    RETRIED,
)


def image_cause(pod: PodStatus, container: ContainerStatus) -> Cause | None:
    """Why the image is not there; None when it is, or when nothing is known yet."""
    told = _refusal_event(container)
    if container.state != "waiting" or not (container.reason in PULLING_REASONS or _is_creating(container, told)):
        return None
    refusal = _refusal(container, told)
    image = quoted(container.image)
    cause = container_cause(
        pod,
        container,
        refusal.cause_id,
        f"Pod {pod.name} cannot start: {refusal.why.format(image=image, registry=_registry(image))}"
        f"{_missing_login(pod, refusal)}.",
        remedy=refusal.remedy,
        patience=refusal.patience,
        proof=(str(told),) if told else (),
    )
    return msgspec.structs.replace(cause, concern="image", is_vague=refusal is _UNKNOWN)


def _missing_login(pod: PodStatus, refusal: _Refusal) -> str:
    """Which of its pull secrets is not there, as kubelets of Kubernetes 1.29 and later tell."""
    missing = latest(pod.events, lambda event: event.reason == "FailedToRetrieveImagePullSecret")
    found = _PULL_SECRETS.search(missing.message) if missing and refusal.cause_id == "image-not-allowed" else None
    return f", and its pull secret {quoted(found['names'])} does not exist" if found else ""


def _refusal(container: ContainerStatus, told: ObjectEvent | None) -> _Refusal:
    """What the status says now, else what the last event said: while it backs off, the status names no reason."""
    for words in (f"{container.reason}: {container.message}", told.message if told else ""):
        # The image's own name may hold any word.
        without_name = words.replace(container.image, "IMAGE") if container.image else words
        for refusal in _REFUSALS:
            if refusal.pattern.search(without_name):
                return refusal
    return _UNKNOWN


def _registry(image: str) -> str:
    registry = ImageReference.parse(image).registry
    return f"the registry {registry}" if registry else "its registry"


def _is_creating(container: ContainerStatus, told: ObjectEvent | None) -> bool:
    """Whether the events are ahead of the status, which still says that the container is being made."""
    return told is not None and container.reason in STILL_CREATING


def _refusal_event(container: ContainerStatus) -> ObjectEvent | None:
    """The last event that says why there is no image, unless the image came after it."""
    told = latest(container.events, _says_why)
    came = latest(container.events, lambda event: event.reason in ("Pulled", "Created", "Started"))
    return None if told and came and came.time > told.time else told


def _says_why(event: ObjectEvent) -> bool:
    if event.reason == "Failed":
        return event.message.startswith("Failed to pull image")
    return event.reason in ("InspectFailed", "ErrImageNeverPull")
