"""What each look at a test pod tells of its containers, handed on to those who wait for one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Literal

import msgspec

from cdkit.api import Manifest

ContainerPhase = Literal["waiting", "running", "ended"]
OnLook = Callable[[Manifest], None]


class ContainerLook(msgspec.Struct, frozen=True, kw_only=True):
    """How a container fared at one look.

    Attributes:
        phase: how far it has come.
        ready: whether its health check says that it is well; true of one that runs and has none.
        exit_code: once it has ended.
        reason: why it waits, or ended, in the word of the kubelet: `OOMKilled`.
    """

    phase: ContainerPhase = "waiting"
    ready: bool = False
    exit_code: int = 0
    reason: str = ""

    @classmethod
    def at(cls, pod: Manifest, container: str) -> ContainerLook:
        """What a Pod tells of one of its containers. One that it does not tell of waits."""
        for status in pod.get("status", {}).get("containerStatuses", []):
            if status["name"] == container:
                return cls._of(status)
        return cls()

    @classmethod
    def _of(cls, status: Manifest) -> ContainerLook:
        state = status.get("state", {})
        if "terminated" in state:
            ended = state["terminated"]
            return cls(phase="ended", exit_code=ended.get("exitCode", 0), reason=ended.get("reason", ""))
        if "running" in state:
            return cls(phase="running", ready=bool(status.get("ready")))
        return cls(reason=state.get("waiting", {}).get("reason", ""))


class PodLooks:
    """Hands every look at a pod on: `follow_pod` gives them in its own thread, and others wait in theirs."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._latest: Manifest | None = None
        self._listeners: tuple[OnLook, ...] = ()

    def on_look(self, pod: Manifest) -> None:
        """Take a look over, for `StepContext.follow_pod`."""
        with self._lock:
            self._latest = pod
            listeners = self._listeners
        for listener in listeners:
            listener(pod)

    def subscribe(self, listener: OnLook) -> Callable[[], None]:
        """Tell every look from now on, and the latest one at once. Gives a function that ends it."""
        with self._lock:
            self._listeners = (*self._listeners, listener)
            latest = self._latest
        if latest is not None:
            listener(latest)
        return lambda: self._forget(listener)

    def _forget(self, listener: OnLook) -> None:
        with self._lock:
            self._listeners = tuple(other for other in self._listeners if other is not listener)
