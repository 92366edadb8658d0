"""The manifest of a test pod."""

from __future__ import annotations

import math
from typing import Any

from cdkit.api import HealthCheck, Manifest, Quantity
from cdkit_pods.kubernetes.gates import BUSYBOX, VOLUME, gated, gated_probe, setup_container, tools_mount
from cdkit_pods.kubernetes.literal import literal
from cdkit_pods.kubernetes.secret_env import references
from cdkit_pods.spec import KEEPER, Container, PodSpec, Volume

VOLUMES = "/cdkit/volumes"
"""Below it the keeper has all shared volumes."""

MARGIN = 60
"""Seconds beyond `longest`, for who watches to see that it is over and to fetch what the tests have written."""

FILES_GROUP = 10_001
"""The group of all files in shared volumes, and of all containers, whatever users their images have."""

END_SECONDS = 1
"""How long the programs of a pod have to end when it is removed: the tests are over then."""

# It ends as soon as it is told to, which the first process of a container does only when it asks for the signal.
_KEEP = f"trap exit TERM; {BUSYBOX} sleep $1 & wait"


def pod_manifest(spec: PodSpec, metadata: Manifest, secret: str) -> Manifest:
    """The pod.

    Args:
        spec: all that its images have to tell is in it.
        metadata: its name and whose it is.
        secret: the name of the Secret with the secret variables; any, when there are none.
    """
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": _spec(spec, secret)}


def _spec(spec: PodSpec, secret: str) -> dict[str, Any]:
    keeper = [_keeper(spec)] if spec.keeper else []
    return {
        "restartPolicy": "Never",
        "activeDeadlineSeconds": longest(spec),
        "terminationGracePeriodSeconds": END_SECONDS,
        "automountServiceAccountToken": bool(spec.service_account),
        "securityContext": _security(spec),
        "containers": [*keeper, *(_container(spec, item, secret) for item in spec.containers)],
        **_setup(spec),
        **_volumes(spec),
        **_place(spec),
    }


def longest(spec: PodSpec) -> int:
    """Seconds after which the kubelet ends the pod."""
    return max(1, math.ceil(spec.longest)) + MARGIN


def has_gates(spec: PodSpec) -> bool:
    """Whether any container waits at a gate."""
    return any(container.gated for container in spec.containers)


def _place(spec: PodSpec) -> dict[str, Any]:
    place: dict[str, Any] = {}
    if spec.service_account:
        place["serviceAccountName"] = spec.service_account
    if spec.pull_secrets:
        place["imagePullSecrets"] = [{"name": name} for name in spec.pull_secrets]
    if spec.node_selector:
        place["nodeSelector"] = dict(spec.node_selector)
    if spec.aliases:
        place["hostAliases"] = [{"ip": "127.0.0.1", "hostnames": list(spec.aliases)}]
    return place


def _security(spec: PodSpec) -> dict[str, Any]:
    # API servers before 1.19 do not know the field, and drop it.
    security: dict[str, Any] = {"seccompProfile": {"type": "RuntimeDefault"}}
    return security | ({"fsGroup": FILES_GROUP} if spec.volumes else {})


def _setup(spec: PodSpec) -> dict[str, Any]:
    return {"initContainers": [setup_container(spec.keeper_image)]} if has_gates(spec) else {}


def _volumes(spec: PodSpec) -> dict[str, Any]:
    volumes = [{"name": volume.name, "emptyDir": _empty(volume)} for volume in spec.volumes]
    volumes += [
        {
            "name": _shm(spec, item),
            "emptyDir": {"medium": "Memory", "sizeLimit": Quantity.text_of_bytes(item.shared_memory)},
        }
        for item in spec.containers
        if item.shared_memory
    ]
    if has_gates(spec):
        volumes.append({"name": VOLUME, "emptyDir": {}})
    return {"volumes": volumes} if volumes else {}


def _empty(volume: Volume) -> dict[str, Any]:
    return {
        **({"sizeLimit": Quantity.text_of_bytes(volume.size)} if volume.size else {}),
        **({"medium": "Memory"} if volume.in_memory else {}),
    }


def _shm(spec: PodSpec, container: Container) -> str:
    # A name of a volume has as many characters as one of a container, so that this one cannot be in it.
    return f"cdkit-shm-{spec.containers.index(container)}"


def _keeper(spec: PodSpec) -> dict[str, Any]:
    mounts = [{"name": volume.name, "mountPath": f"{VOLUMES}/{volume.name}"} for volume in spec.volumes]
    return {
        "name": KEEPER,
        "image": spec.keeper_image,
        "command": literal((BUSYBOX, "sh", "-c", _KEEP, KEEPER, str(longest(spec)))),
        "securityContext": {"allowPrivilegeEscalation": False},
        "volumeMounts": [*mounts, *([tools_mount(read_only=False)] if has_gates(spec) else [])],
    }


def _container(spec: PodSpec, container: Container, secret: str) -> dict[str, Any]:
    command = gated(container) if container.gated else container.command
    args = () if container.gated else container.args
    values = zip(container.env, literal(container.env.values()), strict=True)
    parts: dict[str, Any] = {
        "command": literal(command),
        "args": literal(args),
        "workingDir": container.working_dir,
        "env": [{"name": name, "value": value} for name, value in values] + list(references(container, secret)),
        "resources": _resources(container),
        "readinessProbe": _probe(container, container.health) if container.health else {},
        "volumeMounts": _mounts(spec, container),
    }
    given = {name: value for name, value in parts.items() if value}
    security = {"allowPrivilegeEscalation": False}
    return {"name": container.name, "image": container.image, "securityContext": security, **given}


def _resources(container: Container) -> dict[str, Any]:
    amounts = {
        **({"cpu": f"{max(1, round(container.cpus * 1000))}m"} if container.cpus else {}),
        **({"memory": Quantity.text_of_bytes(container.memory)} if container.memory else {}),
    }
    return {"requests": amounts, "limits": dict(amounts)} if amounts else {}


def _mounts(spec: PodSpec, container: Container) -> list[Manifest]:
    mounts: list[Manifest] = [
        {"name": mount.volume, "mountPath": mount.path, **({"readOnly": True} if mount.read_only else {})}
        for mount in container.mounts
    ]
    if container.shared_memory:
        mounts.append({"name": _shm(spec, container), "mountPath": "/dev/shm"})  # noqa: S108 -- where POSIX shared memory is
    if container.gated:
        mounts.append(tools_mount(read_only=True))
    return mounts


def _probe(container: Container, health: HealthCheck) -> dict[str, Any]:
    """A health check as a readiness probe, which knows whole seconds only.

    A container is ready when a check went well, so that no `start_period` is needed: failing before is no harm.
    https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#Probe
    """
    command = gated_probe(container, health.command) if container.gated else health.command
    return {
        "exec": {"command": literal(command)},
        "periodSeconds": max(1, math.ceil(health.interval)),
        "timeoutSeconds": max(1, math.ceil(health.timeout)),
        "failureThreshold": max(1, health.retries),
    }
