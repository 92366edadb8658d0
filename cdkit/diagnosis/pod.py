"""What stands in the way of one pod."""

from __future__ import annotations

from collections.abc import Callable

from cdkit.diagnosis.container import ContainerRule
from cdkit.diagnosis.container_end import crash_cause, oom_cause
from cdkit.diagnosis.container_start import command_cause, config_cause, root_cause, start_cause
from cdkit.diagnosis.image_pull import image_cause
from cdkit.diagnosis.pod_loss import lost_cause, node_cause
from cdkit.diagnosis.pod_status import ContainerStatus, PodStatus
from cdkit.diagnosis.probes import liveness_cause, readiness_cause, startup_cause
from cdkit.diagnosis.readiness import gate_cause, never_ready_cause
from cdkit.diagnosis.sandbox import sandbox_cause
from cdkit.diagnosis.scheduling import gated_cause, unheard_cause, unschedulable_cause
from cdkit.diagnosis.verdict import Cause
from cdkit.diagnosis.volumes import volume_cause

POD_RULES: tuple[Callable[[PodStatus], Cause | None], ...] = (
    unschedulable_cause,
    gated_cause,
    unheard_cause,
    lost_cause,
    node_cause,
    volume_cause,
    sandbox_cause,
)
"""In the order of a pod's life. The first that knows a cause has the word, and the containers have not."""

CONTAINER_RULES: tuple[ContainerRule, ...] = (
    image_cause,
    root_cause,
    config_cause,
    command_cause,
    start_cause,
    oom_cause,
    liveness_cause,
    crash_cause,
    startup_cause,
    readiness_cause,
    never_ready_cause,
)
"""In the order of a container's life, the more telling before the more general. The first one has the word."""


def causes_of(pod: PodStatus) -> tuple[Cause, ...]:
    """The causes of one pod, at most one a container. A pod that is leaving has none."""
    if pod.is_leaving:
        return ()
    for pod_rule in POD_RULES:
        cause = pod_rule(pod)
        if cause is not None:
            return (cause,)
    found = [_cause_of_container(pod, container) for container in pod.containers]
    causes = tuple(cause for cause in found if cause is not None)
    gated = gate_cause(pod)
    return causes or ((gated,) if gated else ())


def _cause_of_container(pod: PodStatus, container: ContainerStatus) -> Cause | None:
    return next((cause for rule in CONTAINER_RULES if (cause := rule(pod, container)) is not None), None)
