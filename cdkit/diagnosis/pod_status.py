"""What the API server tells of one pod, read once into a form that the rules can ask."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from cdkit.diagnosis.events import EventLog, ObjectEvent, moment
from cdkit.models.kube import Manifest

StateKind = Literal["waiting", "running", "terminated"]

NEVER_RAN = frozenset({"ContainerCannotRun", "StartError"})
"""The reasons of an ending that was none: Docker's and containerd's words for a container that never ran."""

CANNOT_RUN = frozenset({126, 127})
"""The exit codes of a shell that cannot run a program. With the runtime's words for it, it held the program back only.

https://pubs.opengroup.org/onlinepubs/9699919799/utilities/V3_chap02.html#tag_18_08_02
"""

NO_SCRIPT = 2
"""The exit code of a shell that takes a program of another machine for a script, and cannot read it."""


class Ending(msgspec.Struct, frozen=True):
    """How an instance of a container ended (`ContainerStateTerminated`), and when: `time` as of `ObjectEvent`."""

    exit_code: int
    signal: int = 0
    reason: str = ""
    message: str = ""
    time: str = ""

    @property
    def was_bad(self) -> bool:
        """Whether it ended with anything but exit code 0."""
        return self.exit_code != 0

    @property
    def never_ran(self) -> bool:
        """Whether the program itself was never started: by the runtime, or by the gate of a test pod."""
        return self.reason in NEVER_RAN or (self._has_runtime_words and self.exit_code in self._codes_of_those_words)

    @property
    def _has_runtime_words(self) -> bool:
        return self.message.startswith('exec: "')

    @property
    def _codes_of_those_words(self) -> frozenset[int]:
        return CANNOT_RUN | {NO_SCRIPT} if self.message.rstrip().endswith("exec format error") else CANNOT_RUN

    def __str__(self) -> str:
        words = f"exit code {self.exit_code}"
        if self.reason not in ("", "Error", "Completed"):
            words += f", {self.reason}"
        return f"{words}: {self.message}" if self.message else words


class ContainerStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One container of a pod.

    Attributes:
        name: its name, unique in the pod, init containers included.
        image: as the pod names it.
        is_init: it must end before the next one starts; an init container that is a sidecar is not meant.
        spec: its part of the pod's specification.
        state: what it does now.
        reason: the machine's word for `state`: `ImagePullBackOff`.
        message: the kubelet's words for `state`.
        started_at: when it started to run, in the form of `ObjectEvent.time`; empty when it does not run.
        ended: how it ended: now, or before the last restart.
        restarts: how often it was started again.
        ready: whether it takes part in its Service.
        has_started_up: whether its startup probe, if any, has passed.
        events: about this container, the oldest first.
    """

    name: str
    image: str
    is_init: bool
    spec: dict[str, Any]
    state: StateKind = "waiting"
    reason: str = ""
    message: str = ""
    started_at: str = ""
    ended: Ending | None = None
    restarts: int = 0
    ready: bool = False
    has_started_up: bool = True
    events: tuple[ObjectEvent, ...] = ()

    @property
    def endings(self) -> int:
        """How many of its instances have ended."""
        return self.restarts + (self.state == "terminated")

    @property
    def is_backing_off(self) -> bool:
        """Whether the kubelet has stopped restarting it at once."""
        return self.reason == "CrashLoopBackOff"

    def facts(self) -> tuple[str, ...]:
        """What its status says, as lines of evidence."""
        lines = []
        if self.reason or self.message:
            about = ": ".join(filter(None, (self.reason, self.message)))
            lines.append(f"container {self.name} is {self.state}: {about}")
        if self.ended is not None and self.ended.was_bad:
            lines.append(f"container {self.name} ended with {self.ended}")
        return tuple(lines)


class PodStatus(msgspec.Struct, frozen=True, kw_only=True):
    """One pod.

    Attributes:
        name: its name.
        phase: `Pending`, `Running`, `Succeeded`, `Failed` or `Unknown`.
        reason: why it failed as a whole: `Evicted`, `OutOfcpu`, `DeadlineExceeded`.
        message: the words to `reason`.
        conditions: the conditions by type.
        containers: init containers first, in their order.
        spec: its specification.
        events: about the pod and its containers, the oldest first.
        claim_events: about its volume claims, by the claim's name.
        leaving_since: when its deletion was asked for, in the form of `ObjectEvent.time`; empty when it was not.
        grace_seconds: how long it may take to end, once it is leaving.
        finalizers: who has to agree before it goes.
    """

    name: str
    phase: str
    reason: str
    message: str
    conditions: dict[str, dict[str, Any]]
    containers: tuple[ContainerStatus, ...]
    spec: dict[str, Any]
    events: tuple[ObjectEvent, ...]
    claim_events: dict[str, tuple[ObjectEvent, ...]]
    leaving_since: str
    grace_seconds: float
    finalizers: tuple[str, ...]

    @property
    def is_leaving(self) -> bool:
        """Whether somebody has asked for its deletion."""
        return bool(self.leaving_since)

    @property
    def is_ready(self) -> bool:
        """Whether its condition `Ready` is true."""
        return self.conditions.get("Ready", {}).get("status") == "True"

    @property
    def is_over(self) -> bool:
        """Whether none of its containers will run again."""
        return self.phase in ("Succeeded", "Failed")

    def condition(self, kind: str) -> dict[str, Any]:
        """A condition by its type; empty when there is none."""
        return self.conditions.get(kind, {})


def read_pod(pod: Manifest, log: EventLog) -> PodStatus:
    """Read a pod and the events about it."""
    status, spec = pod.get("status") or {}, pod.get("spec") or {}
    events = log.about(pod)
    return PodStatus(
        name=pod["metadata"]["name"],
        phase=status.get("phase") or "Pending",
        reason=status.get("reason") or "",
        message=status.get("message") or "",
        conditions={item["type"]: item for item in status.get("conditions") or ()},
        containers=tuple(
            _read_container(item, statuses, events, is_init=is_init and item.get("restartPolicy") != "Always")
            for specs, statuses, is_init in (
                ("initContainers", _by_name(status.get("initContainerStatuses")), True),
                ("containers", _by_name(status.get("containerStatuses")), False),
            )
            for item in spec.get(specs) or ()
        ),
        spec=spec,
        events=events,
        claim_events={name: log.named("PersistentVolumeClaim", name) for name in _claims(spec)},
        leaving_since=_leaving_since(pod["metadata"]),
        grace_seconds=pod["metadata"].get("deletionGracePeriodSeconds") or 0,
        finalizers=tuple(pod["metadata"].get("finalizers") or ()),
    )


def _leaving_since(metadata: Manifest) -> str:
    """A `deletionTimestamp` is the time at which the grace is over.

    https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/object-meta/
    """
    latest = moment(metadata.get("deletionTimestamp"))
    if not latest:
        return ""
    from datetime import datetime, timedelta

    asked = datetime.fromisoformat(latest) - timedelta(seconds=metadata.get("deletionGracePeriodSeconds") or 0)
    return moment(asked.isoformat())


def _claims(spec: dict[str, Any]) -> list[str]:
    claims = (volume.get("persistentVolumeClaim") for volume in spec.get("volumes") or ())
    return [claim["claimName"] for claim in claims if claim]


def _by_name(statuses: list[dict[str, Any]] | None) -> dict[str, dict[str, Any]]:
    return {status["name"]: status for status in statuses or ()}


def _read_container(
    spec: dict[str, Any],
    statuses: dict[str, dict[str, Any]],
    events: tuple[ObjectEvent, ...],
    *,
    is_init: bool,
) -> ContainerStatus:
    name = spec["name"]
    status = statuses.get(name) or {}
    kind, state = _state(status.get("state") or {})
    return ContainerStatus(
        name=name,
        image=spec.get("image") or status.get("image") or "",
        is_init=is_init,
        spec=spec,
        state=kind,
        reason=state.get("reason") or "",
        message=state.get("message") or "",
        started_at=moment(state.get("startedAt")) if kind == "running" else "",
        ended=_ending(state if kind == "terminated" else (status.get("lastState") or {}).get("terminated")),
        restarts=status.get("restartCount") or 0,
        ready=bool(status.get("ready")),
        # `started` is of Kubernetes 1.16 and later; before that there was no startup probe.
        has_started_up=status.get("started") is not False,
        events=tuple(event for event in events if event.container == name),
    )


def _state(state: dict[str, Any]) -> tuple[StateKind, dict[str, Any]]:
    for kind in ("running", "terminated"):
        if state.get(kind) is not None:
            return kind, state[kind]
    return "waiting", state.get("waiting") or {}


def _ending(terminated: dict[str, Any] | None) -> Ending | None:
    if not terminated:
        return None
    return Ending(
        exit_code=terminated.get("exitCode") or 0,
        signal=terminated.get("signal") or 0,
        reason=terminated.get("reason") or "",
        message=terminated.get("message") or "",
        time=moment(terminated.get("finishedAt")),
    )
