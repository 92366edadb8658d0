"""A test pod, as both runtimes are told of it. Frozen data; made from the step's options, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from cdkit.api import HealthCheck

MAIN = "test"
"""The name of the container whose end decides."""

OWN_PREFIX = "cdkit-"
"""With which the names of containers and volumes of ours begin, and no others."""

KEEPER = f"{OWN_PREFIX}keeper"
"""The name of the container of ours: it holds the shared volumes until they are drained, and answers probes."""


class Volume(msgspec.Struct, frozen=True, kw_only=True):
    """A folder that containers of the pod share, empty at first.

    Attributes:
        name: as the mounts name it.
        size: the most that it may hold, in bytes; 0 for no limit of ours.
        in_memory: whether it is kept in memory.
    """

    name: str
    size: int = 0
    in_memory: bool = False


class Mount(msgspec.Struct, frozen=True, kw_only=True):
    """A volume in a container; `path` is absolute."""

    volume: str
    path: str
    read_only: bool = False


class Container(msgspec.Struct, frozen=True, kw_only=True):
    """One container of a test pod.

    Attributes:
        name: `test`, or that of a service or an init command.
        image: its reference.
        command: replaces the image's entrypoint (`command` of Kubernetes); empty leaves it.
        args: replaces the image's command (`args` of Kubernetes); empty leaves it, unless `command` is given.
        env: environment variables that anybody may see.
        secret_env: environment variables that are secret: they stand in no pod and in no argument.
        working_dir: empty leaves the image's own.
        mounts: its volumes.
        cpus: cores that it asks for and may use; 0 for no limit.
        memory: bytes that it asks for and may use; 0 for no limit.
        shared_memory: bytes of /dev/shm; 0 for the runtime's own default.
        health: a health check that replaces the image's own.
        needs_health: whether somebody waits for it to be healthy.
        gated: whether its program starts only when `RunningPod.open` is called; its image is fetched before.
    """

    name: str
    image: str
    command: tuple[str, ...] = ()
    args: tuple[str, ...] = ()
    env: Mapping[str, str] = {}
    secret_env: Mapping[str, str] = {}
    working_dir: str = ""
    mounts: tuple[Mount, ...] = ()
    cpus: float = 0.0
    memory: int = 0
    shared_memory: int = 0
    health: HealthCheck | None = None
    needs_health: bool = False
    gated: bool = False


class PodSpec(msgspec.Struct, frozen=True, kw_only=True):
    """A test pod. Its containers share one network namespace, as localhost, on every runtime.

    Attributes:
        step: the step's name, from which the pod's name comes.
        run_id: the run that it belongs to.
        application: what is tested.
        containers: services, init commands and, last, the one that is called `test`.
        volumes: what they share.
        aliases: names under which localhost is known in all containers: those of the services, and more.
        keeper: whether there has to be a keeper: somebody is gated or probed, or files go in or come out.
        keeper_image: an image with a static busybox at /bin/busybox; only asked for where there is a keeper.
        service_account: on Kubernetes; empty for none, and no token.
        node_selector: on Kubernetes.
        pull_secrets: names of Secrets, on Kubernetes.
        longest: seconds after which the pod ends itself, should nobody be left who would end it.
        own_namespace: whether it runs in a namespace of its own, which is removed with it; on Kubernetes.
        shard: from 0; None when there are no shards.
    """

    step: str
    run_id: str
    application: str = ""
    containers: tuple[Container, ...]
    volumes: tuple[Volume, ...] = ()
    aliases: tuple[str, ...] = ()
    keeper: bool = False
    keeper_image: str = ""
    service_account: str = ""
    node_selector: Mapping[str, str] = {}
    pull_secrets: tuple[str, ...] = ()
    longest: float = 3600.0
    own_namespace: bool = False
    shard: int | None = None
