"""A test pod of an engine, told as the API server tells one, so that one diagnosis judges both. Pure.

https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from cdkit.api import ContainerState, Manifest, Quantity
from cdkit_pods.spec import KEEPER, Container, PodSpec

CREATING = "ContainerCreating"
PULL_FAILED = "ErrImagePull"
NAME_INVALID = "InvalidImageName"
CREATION_FAILED = "CreateContainerError"
START_FAILED = "ContainerCannotRun"
"""The kubelet's words; the last one is of those times in which it had the Docker engine below it."""

KILLED = 128 + 9


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one container.

    Attributes:
        id: the engine's, once it is made.
        reason: why it is not made yet, in the kubelet's word.
        message: why, in the engine's words.
        state: as the engine told it last; None while it is not made.
        is_lost: whether somebody else has removed it.
    """

    id: str = ""
    reason: str = CREATING
    message: str = ""
    state: ContainerState | None = None
    is_lost: bool = False


class PodName(msgspec.Struct, frozen=True, kw_only=True):
    """Which pod it is.

    Attributes:
        name: unique on the engine.
        labels: of all that belongs to it.
        created: when it was begun, RFC 3339.
    """

    name: str
    labels: Mapping[str, str]
    created: str


def told_as_pod(pod: PodName, spec: PodSpec, known: Mapping[str, Known], version: int) -> Manifest:
    """The pod as it is now.

    Args:
        pod: which.
        spec: what it is to be.
        known: of its containers, by their names; the keeper has one where there is a keeper.
        version: grows with each change.
    """
    statuses = [_status(item, known[item.name]) for item in containers_of(spec)]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": pod.name,
            "uid": pod.name,
            "labels": dict(pod.labels),
            "creationTimestamp": pod.created,
            "resourceVersion": str(version),
        },
        "spec": {"restartPolicy": "Never", "containers": [_container(item) for item in containers_of(spec)]},
        "status": {
            "phase": _phase(statuses),
            "conditions": [_condition("Ready", all(status["ready"] for status in statuses))],
            "containerStatuses": statuses,
        },
    }


def containers_of(spec: PodSpec) -> tuple[Container, ...]:
    """The containers of a pod with its keeper, which is the first to start."""
    keeper = (Container(name=KEEPER, image=spec.keeper_image),) if spec.keeper else ()
    return (*keeper, *spec.containers)


def _container(container: Container) -> dict[str, Any]:
    limits = {"memory": Quantity.text_of_bytes(container.memory)} if container.memory else {}
    return {"name": container.name, "image": container.image, "resources": {"limits": limits}}


def _status(container: Container, known: Known) -> dict[str, Any]:
    return {
        "name": container.name,
        "image": container.image,
        "containerID": f"docker://{known.id}" if known.id else "",
        "restartCount": 0,
        "ready": _is_ready(known.state),
        "state": _state(known),
    }


def _is_ready(state: ContainerState | None) -> bool:
    return state is not None and state.phase == "running" and state.health in ("", "healthy")


def _state(known: Known) -> dict[str, Any]:
    state = known.state
    if known.is_lost:
        reason, message = "ContainerStatusUnknown", "somebody has removed the container"
        return {"terminated": {"exitCode": KILLED, "reason": reason, "message": message}}
    if state is None:
        return {"waiting": {"reason": known.reason, "message": known.message}}
    if state.phase == "running":
        return {"running": {"startedAt": state.started}}
    if state.phase == "ended":
        return {"terminated": _ending(state)}
    if state.error:
        return {"terminated": {"exitCode": state.exit_code, "reason": START_FAILED, "message": state.error}}
    return {"waiting": {"reason": CREATING}}


def _ending(state: ContainerState) -> dict[str, Any]:
    reason = "Error" if state.exit_code else "Completed"
    if state.out_of_memory:
        reason = "OOMKilled"
    elif state.error:
        reason = START_FAILED
    return {
        "exitCode": state.exit_code,
        "reason": reason,
        "message": state.error,
        "startedAt": state.started,
        "finishedAt": state.ended,
    }


def _phase(statuses: list[dict[str, Any]]) -> str:
    """As the kubelet takes the states of containers together that are never restarted."""
    states = [status["state"] for status in statuses]
    if any("waiting" in state for state in states):
        return "Pending"
    if any("running" in state for state in states):
        return "Running"
    return "Failed" if any(state["terminated"]["exitCode"] for state in states) else "Succeeded"


def _condition(kind: str, is_true: bool) -> dict[str, str]:
    return {"type": kind, "status": "True" if is_true else "False"}
