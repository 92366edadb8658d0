"""In which order objects are applied: phase by phase, and within a phase what others refer to first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import groupby
from typing import TypeVar

from cdkit.api import InvalidInput, Manifest

Item = TypeVar("Item")

PHASE = "cdkit.dev/phase"
"""Annotation: an integer, 0 when left out. All of a lower phase is ready before a higher one begins."""

RANKS: tuple[frozenset[str], ...] = tuple(
    map(
        frozenset,
        (
            ("Namespace",),
            ("CustomResourceDefinition",),
            ("ResourceQuota", "LimitRange", "PriorityClass"),
            ("ServiceAccount",),
            ("ClusterRole", "Role"),
            ("ClusterRoleBinding", "RoleBinding"),
            ("Secret", "ConfigMap"),
            ("StorageClass", "PersistentVolume"),
            ("PersistentVolumeClaim",),
            ("Service", "NetworkPolicy", "PodDisruptionBudget"),
            (),
            (
                "Deployment",
                "StatefulSet",
                "DaemonSet",
                "ReplicaSet",
                "ReplicationController",
                "Pod",
                "Job",
                "CronJob",
            ),
            ("HorizontalPodAutoscaler",),
            ("Ingress", "HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute"),
            ("APIService", "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"),
        ),
    )
)
"""Kinds that may be applied at once, in the order of their ranks. The empty rank is that of all other kinds: custom
resources come before the workloads, which often need what an operator makes of them."""

_OTHERS = RANKS.index(frozenset())
_RANK_OF = {kind: rank for rank, kinds in enumerate(RANKS) for kind in kinds}


def rank_of(kind: str) -> int:
    """The place of a kind in the order."""
    return _RANK_OF.get(kind, _OTHERS)


def phase_of(manifest: Manifest) -> int:
    """The phase that an object's annotation puts it in.

    Raises:
        InvalidInput: it is no integer.
    """
    text = str((manifest["metadata"].get("annotations") or {}).get(PHASE, 0))
    try:
        return int(text)
    except ValueError as error:
        where = f"{manifest['kind']} {manifest['metadata']['name']}"
        raise InvalidInput(
            f"The annotation {PHASE} of {where} is {text!r}, which is no integer.",
            remedy='Write it like "10"; objects without it are in phase 0, and lower phases come first.',
        ) from error


def in_order(objects: Iterable[Manifest]) -> list[Manifest]:
    """The objects as they are applied; those of one phase and rank keep their order."""
    return sorted(objects, key=_place)


def phases(items: Iterable[Item], manifest_of: Callable[[Item], Manifest]) -> list[list[list[Item]]]:
    """Things that each have a manifest, by phase, and within it by rank: those of a rank may be applied at once."""

    def phase(item: Item) -> int:
        return phase_of(manifest_of(item))

    def place(item: Item) -> tuple[int, int]:
        return _place(manifest_of(item))

    ordered = sorted(items, key=place)
    return [[list(rank) for _, rank in groupby(members, key=place)] for _, members in groupby(ordered, key=phase)]


def _place(manifest: Manifest) -> tuple[int, int]:
    return phase_of(manifest), rank_of(manifest["kind"])
