"""Why a container that was started does not keep running."""

from __future__ import annotations

import signal

from cdkit.diagnosis.container import container_cause, noun
from cdkit.diagnosis.pod_status import ContainerStatus, Ending, PodStatus
from cdkit.diagnosis.verdict import FATAL_NOW, Cause, Instance, Patience
from cdkit.diagnosis.wording import times

ONE_CRASH = Patience.after(30)
"""A program that came before its database may come up at the second time."""

PROBE_KILL_IS_TOLD = Patience.after(10)
"""That the kubelet ended a container because of a probe stands in an event only, which may come after the status."""

ENDED_FROM_OUTSIDE = frozenset({0, 128 + signal.SIGTERM, 128 + signal.SIGKILL})
BAD_ENDINGS = 2
SIGNAL_BASE = 128
"""A shell, and the runtimes, tell death by signal N as exit code 128 + N."""


def how_it_ended(ending: Ending) -> str:
    """`ended with exit code 3`, or `was killed by SIGSEGV (exit code 139)`."""
    number = ending.signal or ending.exit_code - SIGNAL_BASE
    name = next((known.name for known in signal.Signals if known == number), "")
    if name:
        return f"was killed by {name} (exit code {ending.exit_code})"
    return f"ended with exit code {ending.exit_code}"


def is_running_well(container: ContainerStatus) -> bool:
    """Whether it runs and has passed its probes; how an earlier instance ended is then of the past."""
    return container.state == "running" and container.ready


def log_of_the_ended(container: ContainerStatus) -> Instance:
    """Which instance's log is that of the last ending: while the next one runs, the previous one's."""
    return "previous" if container.state == "running" else "current"


def oom_cause(pod: PodStatus, container: ContainerStatus) -> Cause | None:
    """The kernel killed it at its memory limit."""
    ended = container.ended
    if ended is None or ended.reason != "OOMKilled" or is_running_well(container):
        return None
    limit = (container.spec.get("resources") or {}).get("limits", {}).get("memory")
    at = f"its memory limit of {limit}" if limit else "the memory limit of its pod or node"
    return container_cause(
        pod,
        container,
        "oom-killed",
        f"Pod {pod.name} runs out of memory: {noun(container)} was killed at {at}{_how_often(container)}.",
        remedy="Raise resources.limits.memory, or make the program need less.",
        patience=_patience(container),
        proof=tuple(str(event) for event in container.events if event.reason == "BackOff"),
        log=log_of_the_ended(container),
    )


def crash_cause(pod: PodStatus, container: ContainerStatus) -> Cause | None:
    """It ended by itself, though it should keep running (or, for an init container, end well)."""
    ended = container.ended
    if ended is None or ended.never_ran or is_running_well(container):
        return None
    if not ended.was_bad and (container.is_init or not _is_restarted_in_vain(container)):
        return None
    is_lasting = _patience(container) != ONE_CRASH
    return container_cause(
        pod,
        container,
        "init-container-failing" if container.is_init else "crash-loop",
        f"Pod {pod.name} {_what_it_does(container, ended, is_lasting=is_lasting)}: "
        f"{noun(container)} {how_it_ended(ended)}{_how_often(container)}.",
        remedy="Read the last lines of its log."
        if ended.was_bad
        else "A container of a Deployment must keep running; use a Job for a task that ends.",
        patience=_patience(container),
        proof=tuple(str(event) for event in container.events if event.reason == "BackOff"),
        log=log_of_the_ended(container),
    )


def _what_it_does(container: ContainerStatus, ended: Ending, *, is_lasting: bool) -> str:
    if container.is_init:
        return "cannot start"
    if not ended.was_bad:
        return "does not keep running"
    return "keeps crashing" if is_lasting else "has crashed"


def _how_often(container: ContainerStatus) -> str:
    return f", {times(container.endings)} so far" if container.endings > 1 else ""


def _patience(container: ContainerStatus) -> Patience:
    """The kubelet restarts a container once without a pause; one that ended twice, or waits, is in a loop."""
    if not container.is_backing_off and container.endings < BAD_ENDINGS:
        return ONE_CRASH
    return PROBE_KILL_IS_TOLD if _may_be_killed_by_probe(container) else FATAL_NOW


def _may_be_killed_by_probe(container: ContainerStatus) -> bool:
    is_probed = "livenessProbe" in container.spec or "startupProbe" in container.spec
    ended = container.ended
    is_oom = ended is not None and ended.reason == "OOMKilled"
    return is_probed and ended is not None and not is_oom and ended.exit_code in ENDED_FROM_OUTSIDE


def _is_restarted_in_vain(container: ContainerStatus) -> bool:
    return container.is_backing_off or container.endings >= BAD_ENDINGS
