"""A namespace of a test pod's own: nothing else is in it, and all that is in it goes with it."""

from __future__ import annotations

import math
from contextlib import suppress
from typing import Any

from cdkit.api import CdkitError, Manifest, ObjectNotFound, ObjectRef, StepContext, WorldFailed
from cdkit_pods.spec import Container, PodSpec

CORES = 2.0
"""What a container may use that names no limit."""

MEMORY = 4 * 1024**3
"""Bytes that a container may use that names no limit."""

ASKED = {"cpu": "100m", "memory": "64Mi"}
"""What a container asks for that names no limit: little, so that it fits on any node."""

NAME = "cdkit-test-pod"
"""The name of what limits the namespace."""

FURNISHING_SECONDS = 60.0
"""How long the controllers of the cluster may take to make a namespace usable; they need less than a second."""

REMOVAL_SECONDS = 30.0
"""How long a namespace may take to be gone. A pod in it has one second to end, and its kubelet a few to tell."""

LOOK_SECONDS = 0.1


def namespace_manifest(metadata: Manifest) -> Manifest:
    """The namespace."""
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": metadata}


def furniture(spec: PodSpec, namespace: str) -> tuple[Manifest, Manifest]:
    """What limits the pod, and whatever else somebody would put beside it.

    https://kubernetes.io/docs/concepts/policy/resource-quotas/ and .../limit-range/
    """
    metadata = {"name": NAME, "namespace": namespace}
    limits = {"type": "Container", "default": _amounts(CORES, MEMORY), "defaultRequest": ASKED}
    return (
        {"apiVersion": "v1", "kind": "LimitRange", "metadata": metadata, "spec": {"limits": [limits]}},
        {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": metadata, "spec": {"hard": _quota(spec)}},
    )


def furnish(ctx: StepContext, spec: PodSpec, namespace: str) -> None:
    """Put all into a new namespace that the pod needs there, and wait until a pod can be made in it.

    Raises:
        WorldFailed: a Secret with a registry login is missing, or the cluster's controllers do nothing.
    """
    for name in spec.pull_secrets:
        ctx.cluster.create(_copied(ctx, name, namespace))
    for manifest in furniture(spec, namespace):
        ctx.cluster.create(manifest)
    latest = ctx.clock.monotonic() + FURNISHING_SECONDS
    while not _is_usable(ctx, namespace):
        if ctx.clock.monotonic() > latest:
            raise WorldFailed(
                f"The new namespace {namespace!r} has no default service account or no counted quota after "
                f"{FURNISHING_SECONDS:.0f} s.",
                remedy="Look at the cluster's kube-controller-manager, which makes them.",
            )
        ctx.sleep(LOOK_SECONDS)


def await_removal(ctx: StepContext, ref: ObjectRef) -> None:
    """Wait until a deleted namespace is gone; a cancelled step does not wait, for its time to clean up is short.

    Raises:
        WorldFailed: it is still there after its time; says what holds it.
    """
    latest = ctx.clock.monotonic() + REMOVAL_SECONDS
    while ctx.cancellation.reason is None and (live := ctx.cluster.get(ref)) is not None:
        if ctx.clock.monotonic() > latest:
            raise WorldFailed(
                f"{ref} was deleted, and is still there after {REMOVAL_SECONDS:.0f} s.",
                remedy=f"See what holds it: kubectl describe namespace {ref.name}",
                evidence=_held_by(live),
            )
        with suppress(CdkitError):
            ctx.sleep(LOOK_SECONDS)


def _held_by(namespace: Manifest) -> list[str]:
    """What the namespace controller says of a removal that does not end."""
    conditions = namespace.get("status", {}).get("conditions", ())
    return [item.get("message", "") for item in conditions if item.get("status") == "True"]


def _is_usable(ctx: StepContext, namespace: str) -> bool:
    """A pod is refused before its service account is there, and before its quota has been counted once."""
    if ctx.cluster.get(ObjectRef("v1", "ServiceAccount", "default", namespace)) is None:
        return False
    quota = ctx.cluster.get(ObjectRef("v1", "ResourceQuota", NAME, namespace))
    return quota is not None and "hard" in quota.get("status", {})


def _copied(ctx: StepContext, name: str, namespace: str) -> Manifest:
    found = ctx.cluster.get(ObjectRef("v1", "Secret", name, ctx.namespace))
    if found is None:
        raise ObjectNotFound(f"The namespace {ctx.namespace!r} has no Secret {name!r} with a registry login.")
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": found["type"], "data": found["data"]}


def _quota(spec: PodSpec) -> dict[str, Any]:
    keeper = (Container(name="", image=""),) if spec.keeper else ()
    containers = (*spec.containers, *keeper)
    amounts = _amounts(
        sum(item.cpus or CORES for item in containers), sum(item.memory or MEMORY for item in containers)
    )
    limits = {f"limits.{name}": amount for name, amount in amounts.items()}
    return {
        "pods": "1",
        "persistentvolumeclaims": "0",
        "services.loadbalancers": "0",
        "services.nodeports": "0",
    } | limits


def _amounts(cores: float, memory: float) -> dict[str, str]:
    return {"cpu": f"{math.ceil(cores * 1000)}m", "memory": str(math.ceil(memory))}
