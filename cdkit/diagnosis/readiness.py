"""Why a pod that runs is not ready, although no probe of it says why."""

from __future__ import annotations

import msgspec

from cdkit.diagnosis.container import container_cause, noun
from cdkit.diagnosis.pod_status import ContainerStatus, PodStatus
from cdkit.diagnosis.probes import READINESS, READINESS_GRACE, initial_delay
from cdkit.diagnosis.verdict import Cause, Patience
from cdkit.diagnosis.wording import evidence, quoted

ANSWER_COMES_LATE = 60.0
"""Seconds by which the event with a probe's answer may be late: kubelets send a few events a second only."""

GATE = Patience.after(120)
"""Time for whoever opens a gate, such as the controller of a load balancer."""


def never_ready_cause(pod: PodStatus, container: ContainerStatus) -> Cause | None:
    """It runs and is not ready, and its readiness probe has told nothing yet."""
    if container.state != "running" or container.ready or not container.has_started_up or container.is_init:
        return None
    probe = container.spec.get("readinessProbe")
    if probe is None:
        return None
    cause = container_cause(
        pod,
        container,
        "never-ready",
        f"Pod {pod.name} is running but not ready: the readiness probe of {noun(container)} has not answered yet.",
        remedy="Read the container's log; see whether initialDelaySeconds and periodSeconds of the probe fit.",
        patience=Patience.after(READINESS_GRACE + ANSWER_COMES_LATE + initial_delay(probe)),
        proof=(f"container {container.name} is running, ready is false",),
        log="current",
    )
    return msgspec.structs.replace(cause, concern=READINESS)


def gate_cause(pod: PodStatus) -> Cause | None:
    """All its containers are ready, and the pod is not: a readiness gate is closed (`spec.readinessGates`).

    https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-readiness-gate
    """
    if pod.is_ready or pod.is_over or pod.condition("ContainersReady").get("status") != "True":
        return None
    gates = [gate.get("conditionType") or "" for gate in pod.spec.get("readinessGates") or ()]
    closed = [gate for gate in gates if pod.condition(gate).get("status") != "True"]
    if not closed:
        return None
    condition = pod.condition("Ready")
    return Cause(
        id="readiness-gate-unmet",
        sentence=f"Pod {pod.name} is running but not ready: its readiness gate {quoted(', '.join(closed))} is closed.",
        subject=f"Pod {pod.name}",
        evidence=evidence(f"Ready is {condition.get('status')}: {condition.get('message') or ''}"),
        remedy="Look at the controller that opens the gate, such as that of the load balancer.",
        patience=GATE,
        pod=pod.name,
    )
