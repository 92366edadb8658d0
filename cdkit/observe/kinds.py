"""Which objects tell how an object of a kind fares, and what they tell together."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol

from cdkit.diagnosis.autoscaler import diagnose_autoscaler
from cdkit.diagnosis.cron_job import diagnose_cron_job
from cdkit.diagnosis.custom_resource import diagnose_custom_resource
from cdkit.diagnosis.daemon_set import diagnose_daemon_set
from cdkit.diagnosis.definition import diagnose_definition
from cdkit.diagnosis.deployment import diagnose_deployment
from cdkit.diagnosis.ingress import diagnose_ingress
from cdkit.diagnosis.job import diagnose_job
from cdkit.diagnosis.replica_set import diagnose_replica_set
from cdkit.diagnosis.service import diagnose_service
from cdkit.diagnosis.standalone_pod import diagnose_pod
from cdkit.diagnosis.stateful_set import diagnose_stateful_set
from cdkit.diagnosis.verdict import Verdict
from cdkit.diagnosis.volume_claim import diagnose_volume_claim
from cdkit.models.kube import Manifest, ObjectRef
from cdkit.observe.at_once import is_ready_at_once


class Related(NamedTuple):
    """A kind of objects that tell about others."""

    api_version: str
    kind: str


PODS = Related("v1", "Pod")
EVENTS = Related("v1", "Event")
SERVICES = Related("v1", "Service")
ENDPOINTS = Related("v1", "Endpoints")
REPLICA_SETS = Related("apps/v1", "ReplicaSet")


class Around(Protocol):
    """The objects around one, by kind; only the kinds that it needs are there."""

    def __getitem__(self, kind: Related) -> list[Manifest]: ...

    def beside(self) -> list[Manifest]:
        """What is followed together with it."""
        ...


class Kind(NamedTuple):
    """How objects of a kind are judged.

    Attributes:
        diagnose: gives the verdict on one of them, from it and what is around it.
        needs: the kinds around it that `diagnose` asks for.
    """

    diagnose: Callable[[Manifest, Around], Verdict]
    needs: tuple[Related, ...] = ()


def _with_pods(diagnose: Callable[[Manifest, list[Manifest], list[Manifest]], Verdict]) -> Kind:
    """A kind that is judged by its pods, and by what is told of them."""
    return Kind(lambda item, around: diagnose(item, around[PODS], around[EVENTS]), (PODS, EVENTS))


def _with_events(diagnose: Callable[[Manifest, list[Manifest]], Verdict]) -> Kind:
    """A kind that is judged by itself, and by what is told of it."""
    return Kind(lambda item, around: diagnose(item, around[EVENTS]), (EVENTS,))


def _alone(diagnose: Callable[[Manifest], Verdict]) -> Kind:
    """A kind that is judged by itself."""
    return Kind(lambda item, _: diagnose(item))


_KINDS = {
    ("", "PersistentVolumeClaim"): _with_events(diagnose_volume_claim),
    ("", "Pod"): _with_events(diagnose_pod),
    ("", "ReplicationController"): _with_pods(diagnose_replica_set),
    ("", "Service"): Kind(
        lambda item, around: diagnose_service(item, around[ENDPOINTS], around[PODS], around[EVENTS], around.beside()),
        (ENDPOINTS, PODS, EVENTS),
    ),
    ("apiextensions.k8s.io", "CustomResourceDefinition"): _alone(diagnose_definition),
    ("apps", "DaemonSet"): _with_pods(diagnose_daemon_set),
    ("apps", "Deployment"): Kind(
        lambda item, around: diagnose_deployment(item, around[REPLICA_SETS], around[PODS], around[EVENTS]),
        (REPLICA_SETS, PODS, EVENTS),
    ),
    ("apps", "ReplicaSet"): _with_pods(diagnose_replica_set),
    ("apps", "StatefulSet"): _with_pods(diagnose_stateful_set),
    ("autoscaling", "HorizontalPodAutoscaler"): _alone(diagnose_autoscaler),
    ("batch", "CronJob"): _with_events(diagnose_cron_job),
    ("batch", "Job"): _with_pods(diagnose_job),
    ("extensions", "Ingress"): Kind(lambda item, around: diagnose_ingress(item, around[SERVICES]), (SERVICES,)),
    ("networking.k8s.io", "Ingress"): Kind(lambda item, around: diagnose_ingress(item, around[SERVICES]), (SERVICES,)),
}

OTHER = _alone(diagnose_custom_resource)
"""Kinds that cdkit does not know, and objects of any kind that say themselves when they are ready."""


def kind_of(ref: ObjectRef) -> Kind | None:
    """How an object is judged; None for one that is ready as soon as it is there."""
    return None if is_ready_at_once(ref) else _KINDS.get((ref.group, ref.kind), OTHER)
