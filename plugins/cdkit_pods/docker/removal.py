"""Removes all that belongs to a test pod on an engine, also of one that was half made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from cdkit.api import CdkitError, ContainerEngine, WorldFailed, ask_all
from cdkit_pods.docker.naming import POD

Removal = Callable[[], bool]


def remove_pod(engine: ContainerEngine, name: str) -> bool:
    """Remove a pod. False when there was nothing of it.

    Raises:
        WorldFailed: something stays; the message names it.
    """
    labels = {POD: name}
    containers, volumes = ask_all([partial(_containers, engine, labels), partial(_volumes, engine, labels)])
    # A volume goes when no container has it any more.
    return bool(_done(containers) | _done(volumes))


def _containers(engine: ContainerEngine, labels: Mapping[str, str]) -> list[Removal]:
    return [partial(engine.remove, container.id) for container in engine.containers(labels)]


def _volumes(engine: ContainerEngine, labels: Mapping[str, str]) -> list[Removal]:
    return [partial(engine.remove_volume, volume.name) for volume in engine.volumes(labels)]


def _done(removals: Iterable[Removal]) -> bool:
    """Do all of them at once, each whatever becomes of the others; gives whether there was anything to remove."""
    outcomes = ask_all([partial(_outcome, removal) for removal in removals])
    errors = [outcome for outcome in outcomes if isinstance(outcome, CdkitError)]
    if errors:
        message = " ".join(error.message for error in errors)
        raise WorldFailed(message, remedy=errors[0].remedy) from errors[0]
    return any(outcomes)


def _outcome(removal: Removal) -> bool | CdkitError:
    try:
        return removal()
    except CdkitError as error:
        return error
