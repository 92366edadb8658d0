"""What the engine is told of what it is to make. Pure.

https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Container/operation/ContainerCreate
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cdkit.models.container import ContainerRequest, HealthCheck, VolumeMount

NANOSECONDS = 1_000_000_000


def container_body(request: ContainerRequest) -> dict[str, Any]:
    """The body of a request to create a container. What is not asked for is left to the image, or to the engine."""
    body = {
        "Image": request.image,
        "Entrypoint": None if request.entrypoint is None else list(request.entrypoint),
        "Cmd": None if request.command is None else list(request.command),
        "Env": [f"{name}={value}" for name, value in request.env.items()],
        "Labels": dict(request.labels),
        "WorkingDir": request.working_dir,
        "User": request.user,
        "Healthcheck": _health(request.health) if request.health else None,
        "HostConfig": _host_config(request),
    }
    return {name: value for name, value in body.items() if value is not None}


def volume_body(name: str, labels: Mapping[str, str], *, in_memory: bool, size: int) -> dict[str, Any]:
    """The body of a request to create a volume; a size can be kept in memory only.

    https://docs.docker.com/reference/cli/docker/volume/create/#opt
    """
    body: dict[str, Any] = {"Name": name, "Labels": dict(labels)}
    if in_memory:
        # Nobody could open it to other users before a container has it.
        options = ["mode=0777", *([f"size={size}"] if size else [])]
        body["DriverOpts"] = {"type": "tmpfs", "device": "tmpfs", "o": ",".join(options)}
    return body


def _host_config(request: ContainerRequest) -> dict[str, Any]:
    config = {
        "NetworkMode": request.network,
        "ExtraHosts": [f"{name}:{address}" for name, address in request.hosts.items()],
        "Mounts": [_mount(mount) for mount in request.mounts],
        "Tmpfs": {mount.path: f"size={mount.size}" if mount.size else "" for mount in request.memory_mounts},
        "NanoCpus": round(request.cpus * NANOSECONDS),
        "Memory": request.memory,
        # Without it a container may use as much swap again, and is killed later than on Kubernetes.
        "MemorySwap": request.memory,
        "ShmSize": request.shared_memory,
        "SecurityOpt": [] if request.new_privileges else ["no-new-privileges"],
    }
    return {name: value for name, value in config.items() if value}


def _mount(mount: VolumeMount) -> dict[str, Any]:
    return {
        "Type": "volume",
        "Source": mount.volume,
        "Target": mount.path,
        "ReadOnly": mount.read_only,
        # It is to be empty at first, whatever an image has at its path.
        "VolumeOptions": {"NoCopy": True},
    }


def _health(check: HealthCheck) -> dict[str, Any]:
    return {
        "Test": ["CMD", *check.command],
        "Interval": _nanoseconds(check.interval),
        "Timeout": _nanoseconds(check.timeout),
        "Retries": check.retries,
        "StartPeriod": _nanoseconds(check.start_period),
    }


def _nanoseconds(seconds: float) -> int:
    return round(seconds * NANOSECONDS)
