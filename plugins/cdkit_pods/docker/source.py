"""A test pod of an engine, listed and watched as a cluster's is."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import msgspec

from cdkit.api import (
    Cancellation,
    Cancelled,
    Clock,
    ContainerEngine,
    EngineUnreachable,
    Inbox,
    Manifest,
    ObjectChange,
    ObjectQuery,
)
from cdkit_pods.docker.known_pod import KnownPod
from cdkit_pods.docker.naming import POD

LONGEST_WATCH = 300
"""Seconds, as of a cluster's watches."""

TOLD = ("start", "die", "oom", "destroy", "health_status")
"""The events after which a container is looked at; its health checks and our own commands bring many others."""


class _News(msgspec.Struct, frozen=True):
    """Something changed; or, with an error, nothing more will be heard of the engine."""

    error: BaseException | None = None


class PodSource:
    """One pod of an engine, as `Watchable`. May be shared by threads.

    Args:
        engine: where its containers are.
        pod: what is known of it.
        clock: the time.
    """

    def __init__(self, engine: ContainerEngine, pod: KnownPod, clock: Clock) -> None:
        self._engine = engine
        self._pod = pod
        self._clock = clock

    def list(self, query: ObjectQuery) -> tuple[list[Manifest], str]:
        """The pod as the engine has it now; there are no events.

        Raises:
            EngineUnreachable: the engine does not answer.
            CdkitError: the pod cannot be made at all.
        """
        if query.kind != "Pod":
            return [], str(self._pod.version)
        self._look_at_all()
        manifest = self._pod.manifest
        return ([] if self._pod.is_gone else [manifest]), manifest["metadata"]["resourceVersion"]

    def watch(
        self, query: ObjectQuery, resource_version: str, cancellation: Cancellation, *, seconds: int = LONGEST_WATCH
    ) -> Iterator[ObjectChange]:
        """The pod after each change that follows a version, until the time is over or a cancel comes.

        Raises:
            EngineUnreachable: the engine has hung up.
            CdkitError: the pod cannot be made at all; the reason of the cancellation.
        """
        inbox: Inbox[_News] = Inbox()
        listening = Cancellation(cancellation)
        forget = [
            self._pod.subscribe(lambda: inbox.put(_News())),
            cancellation.on_cancel(lambda: inbox.put(_News())),
        ]
        try:
            if query.kind == "Pod":
                self._listen(inbox, listening)
                yield from self._changes(int(resource_version), inbox, cancellation, seconds)
            else:
                self._wait(inbox, cancellation, self._clock.monotonic() + seconds)
        finally:
            listening.cancel(Cancelled("The watch is over."))
            listening.close()
            for each in forget:
                each()

    def _changes(
        self, version: int, inbox: Inbox[_News], cancellation: Cancellation, seconds: int
    ) -> Iterator[ObjectChange]:
        until = self._clock.monotonic() + seconds
        while True:
            if self._pod.version > version:
                manifest = self._pod.manifest
                version = int(manifest["metadata"]["resourceVersion"])
                yield ObjectChange("DELETED" if self._pod.is_gone else "MODIFIED", manifest)
            elif not self._is_news(inbox, cancellation, until):
                return

    def _wait(self, inbox: Inbox[_News], cancellation: Cancellation, until: float) -> None:
        while self._is_news(inbox, cancellation, until):
            pass

    def _is_news(self, inbox: Inbox[_News], cancellation: Cancellation, until: float) -> bool:
        """Wait for news; False when the time is over."""
        news = self._clock.receive(inbox, until)
        cancellation.raise_if_cancelled()
        if news is not None and news.error is not None:
            raise news.error
        return news is not None

    def _listen(self, inbox: Inbox[_News], cancellation: Cancellation) -> None:
        """Follow the engine's events in a thread of its own; what happened before is looked at here."""
        events = self._engine.events({POD: self._pod.pod.name}, cancellation)

        def follow() -> None:
            error: BaseException = EngineUnreachable("The Docker engine has ended the watch of its containers.")
            try:
                for event in events:
                    if event.action.startswith(TOLD):
                        self._look_at(event.container)
            except BaseException as raised:  # noqa: BLE001 -- handed to the thread that waits, which raises it
                error = raised
            inbox.put(_News(error))

        threading.Thread(target=follow, name=f"events-{self._pod.pod.name}", daemon=True).start()
        self._look_at_all()

    def _look_at_all(self) -> None:
        for key in self._pod.made:
            self._look_at(key)

    def _look_at(self, key: str) -> None:
        container = self._pod.made.get(key)
        if container is not None:
            self._pod.seen(container, self._engine.inspect(key))
