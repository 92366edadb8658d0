"""What the rules about one container have in common."""

from __future__ import annotations

from collections.abc import Callable

from cdkit.diagnosis.cause_id import CauseId
from cdkit.diagnosis.pod_status import ContainerStatus, PodStatus
from cdkit.diagnosis.verdict import Cause, Instance, Patience
from cdkit.diagnosis.wording import evidence

ContainerRule = Callable[[PodStatus, ContainerStatus], Cause | None]
"""Gives the cause when the rule knows what is wrong with the container, else None."""


def noun(container: ContainerStatus) -> str:
    """`container hello`, or `init container migrate`."""
    return f"init container {container.name}" if container.is_init else f"container {container.name}"


def container_cause(
    pod: PodStatus,
    container: ContainerStatus,
    cause_id: CauseId,
    sentence: str,
    *,
    remedy: str,
    patience: Patience,
    proof: tuple[str, ...] = (),
    log: Instance | None = None,
) -> Cause:
    """A cause of one container; its evidence is `proof` and what the container's status says."""
    return Cause(
        id=cause_id,
        sentence=sentence,
        subject=f"Pod {pod.name} {noun(container)}",
        evidence=evidence(*proof, *container.facts()),
        remedy=remedy,
        patience=patience,
        pod=pod.name,
        container=container.name,
        log=log,
    )
