"""The containers beside the main one of a pod that runs once: services, which keep running, and preparations."""

from __future__ import annotations

import signal
from collections.abc import Sequence

import msgspec

from cdkit.diagnosis.container import container_cause
from cdkit.diagnosis.container_end import SIGNAL_BASE, how_it_ended, oom_cause
from cdkit.diagnosis.pod_status import ContainerStatus, PodStatus
from cdkit.diagnosis.verdict import FATAL_NOW, Cause, Patience

TESTS_MAY_END_TOO = Patience.after(3)
"""Tests may end a service as their last act, and are judged by their own end then."""

ENDED_ON_REQUEST = frozenset({0, SIGNAL_BASE + signal.SIGTERM, SIGNAL_BASE + signal.SIGINT})


class Companions(msgspec.Struct, frozen=True):
    """The containers beside the main one that may not end as they like, by their names.

    Attributes:
        services: those that must not end while the main one runs.
        preparations: those that have to end with exit code 0 before the main one begins.
    """

    services: Sequence[str] = ()
    preparations: Sequence[str] = ()


ALONE = Companions()
"""None: all containers beside the main one may end as they like."""


def companion_causes(pod: PodStatus, main: ContainerStatus | None, companions: Companions) -> list[Cause]:
    """Why the main container cannot do its work, as far as its companions are to blame."""
    found = [died_cause(pod, each, main) for each in pod.containers if each.name in companions.services]
    found += [preparation_cause(pod, each) for each in pod.containers if each.name in companions.preparations]
    return [cause for cause in found if cause is not None]


def died_cause(pod: PodStatus, service: ContainerStatus, main: ContainerStatus | None) -> Cause | None:
    """A service has ended while the main container ran, or before it could.

    Once the main container has ended badly too, it is the reason only where it was first and nobody had asked it to.
    """
    ended = service.ended
    if service.state != "terminated" or ended is None or ended.never_ran:
        return None
    patience = TESTS_MAY_END_TOO
    if main is not None and main.state == "terminated" and main.ended is not None:
        if ended.exit_code in ENDED_ON_REQUEST or ended.time > main.ended.time:
            return None
        patience = FATAL_NOW
    killed = oom_cause(pod, service)
    if killed is not None:
        return msgspec.structs.replace(killed, patience=patience)
    return container_cause(
        pod,
        service,
        "service-died",
        f"The service {service.name} of pod {pod.name} {how_it_ended(ended)} while the tests needed it.",
        remedy="Read the last lines of its log; a service that is to end says so by what it is waited for (`exited`).",
        patience=patience,
        log="current",
    )


def preparation_cause(pod: PodStatus, command: ContainerStatus) -> Cause | None:
    """A command that has to end well before the main container begins has ended badly."""
    ended = command.ended
    if command.state != "terminated" or ended is None or not ended.was_bad or ended.never_ran:
        return None
    killed = oom_cause(pod, command)
    if killed is not None:
        return msgspec.structs.replace(killed, patience=FATAL_NOW)
    return container_cause(
        pod,
        command,
        "init-container-failing",
        f"The tests of pod {pod.name} cannot begin: the command {command.name} {how_it_ended(ended)}.",
        remedy="Read the last lines of its log.",
        patience=FATAL_NOW,
        log="current",
    )
