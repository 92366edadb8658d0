"""Which objects tell how an object of a kind fares, and what they tell together."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

from cdkit.diagnosis.custom_resource import diagnose_custom_resource
from cdkit.diagnosis.daemon_set import diagnose_daemon_set
from cdkit.diagnosis.deployment import diagnose_deployment
from cdkit.diagnosis.job import diagnose_job
from cdkit.diagnosis.replica_set import diagnose_replica_set
from cdkit.diagnosis.stateful_set import diagnose_stateful_set
from cdkit.diagnosis.verdict import Verdict
from cdkit.models.kube import Manifest, ObjectRef


class Related(NamedTuple):
    """A kind of objects that tell about others."""

    api_version: str
    kind: str


PODS = Related("v1", "Pod")
EVENTS = Related("v1", "Event")
REPLICA_SETS = Related("apps/v1", "ReplicaSet")


class Around(Protocol):
    """The objects around one, by kind; only the kinds that it needs are there."""

    def __getitem__(self, kind: Related) -> list[Manifest]: ...


class Kind(NamedTuple):
    """How objects of a kind are judged.

    Attributes:
        diagnose: gives the verdict on one of them, from it and what is around it.
        needs: the kinds around it that `diagnose` asks for.
    """

    diagnose: Callable[[Manifest, Around], Verdict]
    needs: tuple[Related, ...] = ()


_PODS_AND_EVENTS = (PODS, EVENTS)

_KINDS = {
    ("apps", "Deployment"): Kind(
        lambda item, around: diagnose_deployment(item, around[REPLICA_SETS], around[PODS], around[EVENTS]),
        (REPLICA_SETS, *_PODS_AND_EVENTS),
    ),
    ("apps", "StatefulSet"): Kind(
        lambda item, around: diagnose_stateful_set(item, around[PODS], around[EVENTS]), _PODS_AND_EVENTS
    ),
    ("apps", "DaemonSet"): Kind(
        lambda item, around: diagnose_daemon_set(item, around[PODS], around[EVENTS]), _PODS_AND_EVENTS
    ),
    ("apps", "ReplicaSet"): Kind(
        lambda item, around: diagnose_replica_set(item, around[PODS], around[EVENTS]), _PODS_AND_EVENTS
    ),
    ("", "ReplicationController"): Kind(
        lambda item, around: diagnose_replica_set(item, around[PODS], around[EVENTS]), _PODS_AND_EVENTS
    ),
    ("batch", "Job"): Kind(lambda item, around: diagnose_job(item, around[PODS], around[EVENTS]), _PODS_AND_EVENTS),
}

_ANY = Kind(lambda item, _: diagnose_custom_resource(item))

_READY_AS_THEY_ARE = frozenset(
    {
        ("", "ConfigMap"),
        ("", "Endpoints"),
        ("", "LimitRange"),
        ("", "PersistentVolume"),
        ("", "PodTemplate"),
        ("", "ResourceQuota"),
        ("", "Secret"),
        ("", "ServiceAccount"),
        ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"),
        ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
        ("coordination.k8s.io", "Lease"),
        ("discovery.k8s.io", "EndpointSlice"),
        ("networking.k8s.io", "IngressClass"),
        ("networking.k8s.io", "NetworkPolicy"),
        ("policy", "PodDisruptionBudget"),
        ("rbac.authorization.k8s.io", "ClusterRole"),
        ("rbac.authorization.k8s.io", "ClusterRoleBinding"),
        ("rbac.authorization.k8s.io", "Role"),
        ("rbac.authorization.k8s.io", "RoleBinding"),
        ("scheduling.k8s.io", "PriorityClass"),
        ("storage.k8s.io", "StorageClass"),
    }
)


def kind_of(ref: ObjectRef) -> Kind | None:
    """How an object is judged; None for one that is ready as soon as it is there."""
    identity = (ref.group, ref.kind)
    return None if identity in _READY_AS_THEY_ARE else _KINDS.get(identity, _ANY)
