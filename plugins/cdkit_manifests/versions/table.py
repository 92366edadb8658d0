"""What each version of Kubernetes knows: kinds and fields, with the version from which on nobody has to switch them on.

From the feature gates (https://kubernetes.io/docs/reference/command-line-tools-reference/feature-gates/ and
`pkg/features` of Kubernetes' source) and the deprecation guide
(https://kubernetes.io/docs/reference/using-api/deprecation-guide/).
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from cdkit_manifests.fields import FieldPath
from cdkit_manifests.versions.version import KubernetesVersion

Loss = Literal["tell", "refuse"]
"""What to do where a version does not know a field: leave it out and say so, or write nothing at all.

`tell` is for what makes something better that works without it; `refuse` for all without which manifests would mean
something else.
"""

ANY = "*"
"""In the way to a field, every entry of a list."""


def _v(minor: int) -> KubernetesVersion:
    return KubernetesVersion(1, minor)


class KindVersions(msgspec.Struct, frozen=True):
    """An API version of a kind whose objects have the same fields in all that are listed.

    Attributes:
        kind: the kind.
        newest: its stable API version.
        since: the first version of Kubernetes that serves it.
        older: the API version that was there before.
        removed: the first version of Kubernetes that does not serve the older one any more.
    """

    kind: str
    newest: str
    since: KubernetesVersion
    older: str
    removed: KubernetesVersion


KINDS: tuple[KindVersions, ...] = (
    KindVersions("HorizontalPodAutoscaler", "autoscaling/v2", _v(23), "autoscaling/v2beta2", _v(26)),
    KindVersions("PodDisruptionBudget", "policy/v1", _v(21), "policy/v1beta1", _v(25)),
    KindVersions("CronJob", "batch/v1", _v(21), "batch/v1beta1", _v(25)),
    KindVersions("EndpointSlice", "discovery.k8s.io/v1", _v(21), "discovery.k8s.io/v1beta1", _v(25)),
)
"""Kinds that have moved since 1.20, and are the same in both places.

Ingress is `networking.k8s.io/v1` since 1.19. An HTTPRoute is a custom resource: what is installed decides, not the
version.
"""


class FieldVersion(msgspec.Struct, frozen=True):
    """A field that not every version knows.

    Attributes:
        path: the way to it: in the pod's spec for `Pod`, else in an object of the kind.
        kind: the kind; `Pod` stands for all that run pods.
        since: the first version in which it works without a feature gate.
        loss: what to do in older ones.
        harmless: the value that means the same as none at all.
    """

    kind: str
    path: FieldPath
    since: KubernetesVersion
    loss: Loss
    harmless: Any = None


_CONTAINERS: tuple[FieldPath, ...] = (("containers", ANY), ("initContainers", ANY))
_PROBES = ("livenessProbe", "readinessProbe", "startupProbe")
_SPREAD: FieldPath = ("topologySpreadConstraints", ANY)


def _pod(path: FieldPath, since: int, loss: Loss, harmless: Any = None) -> FieldVersion:
    return FieldVersion("Pod", path, _v(since), loss, harmless)


def _container(path: FieldPath, since: int, loss: Loss, harmless: Any = None) -> tuple[FieldVersion, ...]:
    return tuple(_pod((*way, *path), since, loss, harmless) for way in _CONTAINERS)


def _probe(path: FieldPath, since: int, loss: Loss) -> tuple[FieldVersion, ...]:
    return tuple(field for probe in _PROBES for field in _container((probe, *path), since, loss))


def _own(kind: str, path: FieldPath, since: int, loss: Loss, harmless: Any = None) -> FieldVersion:
    return FieldVersion(kind, ("spec", *path), _v(since), loss, harmless)


FIELDS: tuple[FieldVersion, ...] = (
    # Pods and containers.
    *_container(("startupProbe",), 18, "refuse"),
    *_container(("securityContext", "seccompProfile"), 19, "refuse"),
    _pod(("securityContext", "seccompProfile"), 19, "refuse"),
    _pod(("securityContext", "fsGroupChangePolicy"), 20, "tell", "Always"),
    _pod(("setHostnameAsFQDN",), 20, "refuse", harmless=False),
    _pod(("volumes", ANY, "ephemeral"), 21, "refuse"),
    *_probe(("grpc",), 24, "refuse"),
    *_probe(("terminationGracePeriodSeconds",), 25, "tell"),
    _pod(("os",), 24, "tell"),
    _pod((*_SPREAD, "nodeAffinityPolicy"), 26, "tell", "Honor"),
    _pod((*_SPREAD, "nodeTaintsPolicy"), 26, "tell", "Ignore"),
    _pod((*_SPREAD, "minDomains"), 27, "tell", 1),
    _pod((*_SPREAD, "matchLabelKeys"), 27, "tell"),
    _pod(("schedulingGates",), 27, "refuse"),
    _pod(("initContainers", ANY, "restartPolicy"), 29, "refuse"),
    *_container(("lifecycle", "preStop", "sleep"), 30, "refuse"),
    *_container(("securityContext", "appArmorProfile"), 30, "refuse"),
    _pod(("securityContext", "appArmorProfile"), 30, "refuse"),
    *_container(("volumeMounts", ANY, "recursiveReadOnly"), 31, "refuse", "Disabled"),
    _pod(("hostUsers",), 33, "refuse", harmless=True),
    _pod(("securityContext", "supplementalGroupsPolicy"), 33, "refuse", "Merge"),
    *_container(("resizePolicy",), 33, "tell"),
    _pod(("resources",), 34, "refuse"),
    _pod(("volumes", ANY, "image"), 35, "refuse"),
    # Workloads.
    _own("DaemonSet", ("updateStrategy", "rollingUpdate", "maxSurge"), 22, "refuse", 0),
    _own("StatefulSet", ("minReadySeconds",), 23, "tell", 0),
    _own(
        "StatefulSet",
        ("persistentVolumeClaimRetentionPolicy",),
        27,
        "refuse",
        {"whenDeleted": "Retain", "whenScaled": "Retain"},
    ),
    _own("StatefulSet", ("ordinals",), 27, "refuse", {"start": 0}),
    _own("StatefulSet", ("updateStrategy", "rollingUpdate", "maxUnavailable"), 35, "tell", 1),
    _own("Job", ("ttlSecondsAfterFinished",), 21, "tell"),
    _own("Job", ("completionMode",), 22, "refuse", "NonIndexed"),
    _own("Job", ("suspend",), 22, "refuse", harmless=False),
    _own("Job", ("podFailurePolicy",), 26, "refuse"),
    _own("Job", ("backoffLimitPerIndex",), 29, "refuse"),
    _own("Job", ("maxFailedIndexes",), 29, "refuse"),
    _own("Job", ("podReplacementPolicy",), 29, "refuse", "TerminatingOrFailed"),
    _own("Job", ("successPolicy",), 31, "refuse"),
    _own("CronJob", ("timeZone",), 25, "refuse"),
    _own("CronJob", ("jobTemplate", "spec", "ttlSecondsAfterFinished"), 21, "tell"),
    _own("CronJob", ("jobTemplate", "spec", "podFailurePolicy"), 26, "refuse"),
    # Everything else.
    _own("HorizontalPodAutoscaler", ("behavior",), 18, "tell"),
    _own("HorizontalPodAutoscaler", ("behavior", "scaleUp", "tolerance"), 35, "tell"),
    _own("HorizontalPodAutoscaler", ("behavior", "scaleDown", "tolerance"), 35, "tell"),
    _own("HorizontalPodAutoscaler", ("metrics", ANY, "containerResource"), 27, "refuse"),
    _own("PodDisruptionBudget", ("unhealthyPodEvictionPolicy",), 27, "tell", "IfHealthyBudget"),
    _own("NetworkPolicy", ("ingress", ANY, "ports", ANY, "endPort"), 22, "refuse"),
    _own("NetworkPolicy", ("egress", ANY, "ports", ANY, "endPort"), 22, "refuse"),
    _own("Service", ("ports", ANY, "appProtocol"), 19, "tell"),
    _own("Service", ("ipFamilies",), 21, "refuse"),
    _own("Service", ("ipFamilyPolicy",), 21, "refuse", "SingleStack"),
    _own("Service", ("internalTrafficPolicy",), 22, "refuse", "Cluster"),
    _own("Service", ("allocateLoadBalancerNodePorts",), 22, "refuse", harmless=True),
    _own("Service", ("loadBalancerClass",), 22, "refuse"),
    _own("Service", ("trafficDistribution",), 31, "tell"),
)
"""Fields that came after the versions that people still run, as far as manifests of applications use them."""
