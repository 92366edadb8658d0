"""What an engine is asked to make for a test pod. Pure."""

from __future__ import annotations

import io
import math
import tarfile

from cdkit.api import ContainerRequest, VolumeMount
from cdkit_pods.docker.naming import VOLUMES, container_name, volume_name
from cdkit_pods.docker.told import PodName
from cdkit_pods.spec import KEEPER, Container, PodSpec

BUSYBOX = "/bin/busybox"
"""Where the keeper's image has it."""

LOCALHOST = "127.0.0.1"

MARGIN = 60
"""Seconds beyond `longest` that the keeper stays, for who fetches what the tests have written."""

FOR_ALL = 0o777
"""The mode of a shared volume, as that of a cluster's `emptyDir`: the users of images differ."""


def keeper_request(pod: PodName, spec: PodSpec) -> ContainerRequest:
    """The keeper: it has the network and the names of all the others, and their volumes."""
    return ContainerRequest(
        name=container_name(pod, KEEPER),
        image=spec.keeper_image,
        entrypoint=(BUSYBOX, "sleep", str(math.ceil(spec.longest) + MARGIN)),
        command=(),
        labels=pod.labels,
        user="0",
        hosts=dict.fromkeys(spec.aliases, LOCALHOST),
        mounts=tuple(
            VolumeMount(volume=volume_name(pod, volume.name), path=f"{VOLUMES}/{volume.name}")
            for volume in spec.volumes
        ),
    )


def container_request(pod: PodName, spec: PodSpec, container: Container, keeper: str) -> ContainerRequest:
    """One of the pod's own containers.

    Args:
        pod: which pod.
        spec: what it is to be.
        container: which container of it.
        keeper: the id of the keeper, in whose network it is; empty where there is none.
    """
    return ContainerRequest(
        name=container_name(pod, container.name),
        image=container.image,
        entrypoint=container.command or None,
        command=container.args if container.args or container.command else None,
        env={**container.env, **container.secret_env},
        labels=pod.labels,
        working_dir=container.working_dir,
        network=f"container:{keeper}" if keeper else "",
        hosts={} if keeper else dict.fromkeys(spec.aliases, LOCALHOST),
        mounts=tuple(
            VolumeMount(volume=volume_name(pod, mount.volume), path=mount.path, read_only=mount.read_only)
            for mount in container.mounts
        ),
        cpus=container.cpus,
        memory=container.memory,
        shared_memory=container.shared_memory,
        health=container.health,
    )


def open_folders(spec: PodSpec) -> bytes:
    """A tar archive that opens the shared volumes to all users, whatever they are in their images."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        for volume in spec.volumes:
            folder = tarfile.TarInfo(volume.name)
            folder.type, folder.mode = tarfile.DIRTYPE, FOR_ALL
            tar.addfile(folder)
    return archive.getvalue()
