"""What belongs to a test pod on an engine: how it is called and labelled, so that all of it is found again."""

from __future__ import annotations

import re
import secrets

from cdkit.api import Clock
from cdkit_pods.docker.told import PodName
from cdkit_pods.ownership import LEASE, Machine, Owner, expiring
from cdkit_pods.spec import PodSpec

POD = "cdkit.dev/pod"
"""The label that joins what belongs to one pod. A kubelet above an engine labels its containers as its pods are
labelled: only what has this one, too, was made here."""

VOLUMES = "/cdkit/volumes"
"""Below it the keeper has all shared volumes."""

LONGEST_PREFIX = 40
"""Characters of a pod's name that come from the step's."""


def name_of(spec: PodSpec, clock: Clock, machine: Machine) -> PodName:
    """A name that no other pod has, and the labels of all that belongs to it.

    Labels of an engine cannot change: what they say of the end is the latest at which the pod is of use.
    """
    from datetime import UTC, datetime

    readable = re.sub(r"[^a-z0-9]+", "-", spec.step.lower())[:LONGEST_PREFIX].strip("-") or "test"
    shard = "" if spec.shard is None else f"-{spec.shard}"
    name = f"{readable}{shard}-{secrets.token_hex(4)}"
    owner = Owner(run=spec.run_id, step=spec.step, runner=machine.this_process())
    return PodName(
        name=name,
        labels={**owner.labels(), **expiring(clock.now() + spec.longest + LEASE), POD: name},
        created=datetime.fromtimestamp(int(clock.now()), tz=UTC).isoformat().replace("+00:00", "Z"),
    )


def container_name(pod: PodName, container: str) -> str:
    """How a container of a pod is called on the engine."""
    return f"cdkit-{pod.name}-{container.removeprefix('cdkit-')}"


def volume_name(pod: PodName, volume: str) -> str:
    """How a shared volume of a pod is called on the engine."""
    return f"cdkit-{pod.name}-{volume}"
