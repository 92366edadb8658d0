"""The moment at which the cluster first shows something, as a watch beside the test sees it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

from cdkit.clients.kube.cluster import KubernetesCluster
from cdkit.errors import Cancelled
from cdkit.flow.cancellation import Cancellation
from cdkit.flow.clock import SystemClock
from cdkit.models.kube import Manifest, ObjectQuery
from cdkit.observe.observation import Observation
from cdkit.observe.snapshot import Snapshot

WAIT = 10.0
"""Seconds for the watch to tell what it has seen."""


class Moment:
    """Watches the pods and the events of a namespace, and remembers when they first showed something.

    A cause shows in a pod's status or in an event, whichever the kubelet sends first; the other may come late, or never
    when the pod is gone by then. An event's own time has whole seconds only.

    Args:
        cluster: the API server.
        namespace: where the pods are.
        shows: whether the pods and events of a moment show what is waited for.
        queries: other objects to look at than the pods and events.
    """

    def __init__(
        self,
        cluster: KubernetesCluster,
        namespace: str,
        shows: Callable[[Snapshot], bool],
        queries: dict[str, ObjectQuery] | None = None,
    ) -> None:
        self._cluster = cluster
        self._queries = queries or {kind: ObjectQuery("v1", kind, namespace) for kind in ("Pod", "Event")}
        self._shows = shows
        self._cancellation = Cancellation()
        self._seen = threading.Event()
        self._time = 0.0
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._cancellation.cancel(Cancelled("The test is over."))
        self._thread.join(WAIT)

    @property
    def time(self) -> float:
        """Seconds since the epoch. Fails when the cluster never showed it."""
        assert self._seen.wait(WAIT), "the cluster never showed what the test is about"
        return self._time

    def _watch(self) -> None:
        observation = Observation(self._cluster, self._queries, cancellation=self._cancellation, clock=SystemClock())
        with suppress(Cancelled), observation:
            for snapshot in observation.changes():
                if self._shows(snapshot):
                    self._time = time.time()
                    self._seen.set()
                    return


def pull_failed(snapshot: Snapshot) -> bool:
    """Whether an image could not be pulled, by a pod's status or by an event."""
    reasons = {item["reason"] for item in snapshot["Event"]}
    return "Failed" in reasons or any(_waiting_reason(pod) in PULL_REASONS for pod in snapshot["Pod"])


PULL_REASONS = ("ErrImagePull", "ImagePullBackOff")


def _waiting_reason(pod: Manifest) -> str:
    statuses = pod.get("status", {}).get("containerStatuses", [])
    waiting = [status["state"]["waiting"] for status in statuses if "waiting" in status.get("state", {})]
    return str(waiting[0].get("reason")) if waiting else ""
