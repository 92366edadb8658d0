"""What the kubelet's probes say about a container that runs.

https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from cdkit.diagnosis.container import container_cause, noun
from cdkit.diagnosis.container_end import is_running_well, log_of_the_ended
from cdkit.diagnosis.events import ObjectEvent, latest
from cdkit.diagnosis.pod_status import ContainerStatus, PodStatus
from cdkit.diagnosis.verdict import FATAL_NOW, NEVER_FATAL, Cause, Patience
from cdkit.diagnosis.wording import quoted, times

KILLED_ONCE = Patience.after(60)
READINESS = "readiness"
READINESS_GRACE = 120.0
"""Seconds, beside the probe's own initial delay: a program that warms up longer should have a startup probe."""

KILLS = 2
_FAILED_PROBE = re.compile(r"failed (?P<probe>liveness|startup) probe", re.IGNORECASE)
_ANSWER = re.compile(r"^(?:Readiness|Liveness|Startup) probe (?:failed|errored|warning)[^:]*:\s*", re.IGNORECASE)


def liveness_cause(pod: PodStatus, container: ContainerStatus) -> Cause | None:
    """The kubelet killed the container because its liveness or startup probe failed."""
    killed = latest(container.events, lambda event: bool(_FAILED_PROBE.search(event.message)))
    # The first kill is told before the container ends.
    if killed is None or not container.endings or is_running_well(container):
        return None
    probe = _probe_of_kill(killed)
    answer = _last_answer(container, probe, since="")
    return container_cause(
        pod,
        container,
        "liveness-killed" if probe == "liveness" else "startup-killed",
        f"Pod {pod.name} is restarted by Kubernetes: the {probe} probe of {noun(container)} fails"
        f"{_quote(answer)}; killed {times(max(killed.count, 1))} so far.",
        remedy=f"Mend what the {probe} probe asks for, or give it more time (failureThreshold, periodSeconds, "
        "timeoutSeconds).",
        patience=FATAL_NOW if container.is_backing_off or container.endings >= KILLS else KILLED_ONCE,
        proof=(str(killed), *([str(answer)] if answer else ())),
        log=log_of_the_ended(container),
    )


def startup_cause(pod: PodStatus, container: ContainerStatus) -> Cause | None:
    """It runs, and its startup probe has not passed; the kubelet itself will kill it when its time is up."""
    if container.state != "running" or container.has_started_up or "startupProbe" not in container.spec:
        return None
    answer = _last_answer(container, "startup", since=container.started_at)
    fails = f"fails{_quote(answer)}" if answer else "has not passed yet"
    return container_cause(
        pod,
        container,
        "startup-probe-failing",
        f"Pod {pod.name} is running but has not started up: the startup probe of {noun(container)} {fails}.",
        remedy="Kubernetes restarts the container when the probe's failureThreshold is reached; read its log.",
        patience=NEVER_FATAL,
        proof=(str(answer) if answer else f"container {container.name} is running, started is false",),
        log="current",
    )


def readiness_cause(pod: PodStatus, container: ContainerStatus) -> Cause | None:
    """It runs, and its readiness probe fails."""
    if container.state != "running" or container.ready or "readinessProbe" not in container.spec:
        return None
    answer = _last_answer(container, "readiness", since=container.started_at)
    if answer is None:
        return None
    cause = container_cause(
        pod,
        container,
        "readiness-failing",
        f"Pod {pod.name} is running but not ready: the readiness probe of {noun(container)} fails{_quote(answer)}.",
        remedy="Read the container's log; correct the probe's path or port, or give a slow program a startupProbe.",
        patience=Patience.after(READINESS_GRACE + initial_delay(container.spec["readinessProbe"])),
        proof=(str(answer),),
        log="current",
    )
    return msgspec.structs.replace(cause, concern=READINESS)


def _probe_of_kill(killed: ObjectEvent) -> str:
    found = _FAILED_PROBE.search(killed.message)
    return found["probe"].lower() if found else "liveness"


def _last_answer(container: ContainerStatus, probe: str, *, since: str) -> ObjectEvent | None:
    """The last `Unhealthy` event of a probe (`pkg/kubelet/prober/prober.go`), not older than `since`."""
    return latest(
        container.events,
        lambda event: (
            event.reason in ("Unhealthy", "ProbeWarning")
            and event.message.lower().startswith(f"{probe} probe")
            and event.time >= since
        ),
    )


def _quote(answer: ObjectEvent | None) -> str:
    words = quoted(_ANSWER.sub("", answer.message, count=1)) if answer else ""
    return f" ({words})" if words else ""


def initial_delay(probe: dict[str, Any]) -> float:
    """How many seconds a probe waits before it asks for the first time."""
    return float(probe.get("initialDelaySeconds") or 0)
