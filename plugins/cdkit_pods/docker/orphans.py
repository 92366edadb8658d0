"""What runs that were killed have left on an engine."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from cdkit.api import ContainerEngine, ask_all
from cdkit_pods.docker.naming import POD
from cdkit_pods.docker.removal import remove_pod
from cdkit_pods.ownership import OURS, RUN, STEP, Machine, is_orphan

_MADE_HERE: Mapping[str, str] = {**OURS, POD: ""}


def remove_orphans(engine: ContainerEngine, now: float, machine: Machine) -> list[str]:
    """Remove the pods that nobody needs any more; gives a line on each that was removed.

    Args:
        engine: where they are.
        now: seconds since the epoch.
        machine: where we are.
    """
    orphans = {name: marks for name, marks in _pods(engine).items() if is_orphan(marks, now, machine)}
    removed = ask_all([partial(remove_pod, engine, name) for name in orphans])
    return [_line(name, marks) for (name, marks), was_there in zip(orphans.items(), removed, strict=True) if was_there]


def _pods(engine: ContainerEngine) -> dict[str, dict[str, str]]:
    """The marks of each pod: those of all that belongs to it, for only one of its volumes says that it is kept."""
    containers, volumes = ask_all([partial(_container_labels, engine), partial(_volume_labels, engine)])
    pods: dict[str, dict[str, str]] = {}
    for labels in (*containers, *volumes):
        pods.setdefault(labels[POD], {}).update(labels)
    return pods


def _container_labels(engine: ContainerEngine) -> list[Mapping[str, str]]:
    return [container.labels for container in engine.containers(_MADE_HERE)]


def _volume_labels(engine: ContainerEngine) -> list[Mapping[str, str]]:
    return [volume.labels for volume in engine.volumes(_MADE_HERE)]


def _line(name: str, marks: Mapping[str, str]) -> str:
    return f"Pod {name}, left behind by {marks.get(STEP, 'a step')!r} of run {marks.get(RUN, '?')}"
