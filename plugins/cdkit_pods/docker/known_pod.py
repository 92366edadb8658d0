"""What is known of a test pod of an engine, from those who make it and those who watch it."""

from __future__ import annotations

import threading
from collections.abc import Callable

import msgspec

from cdkit.api import Cancellation, CdkitError, ContainerState, Manifest
from cdkit_pods.docker.told import Known, PodName, containers_of, told_as_pod
from cdkit_pods.spec import MAIN, PodSpec

_PHASES = ("created", "running", "ended", "gone")
"""In their order: an answer that is late never moves a container back."""


class KnownPod:
    """The state of one pod. May be shared by threads.

    Args:
        pod: which.
        spec: what it is to be.
    """

    def __init__(self, pod: PodName, spec: PodSpec) -> None:
        self.pod = pod
        self.spec = spec
        self._known = {container.name: Known() for container in containers_of(spec)}
        self._version = 1
        self._failure: CdkitError | None = None
        self._changed = threading.Condition()
        self._listeners: tuple[Callable[[], None], ...] = ()

    @property
    def version(self) -> int:
        """Grows with each change."""
        return self._version

    @property
    def manifest(self) -> Manifest:
        """The pod as the API server would tell it.

        Raises:
            CdkitError: it cannot be made at all.
        """
        with self._changed:
            if self._failure is not None:
                raise self._failure
            return told_as_pod(self.pod, self.spec, self._known, self._version)

    @property
    def is_gone(self) -> bool:
        """Whether somebody else has removed the container that all is about."""
        return self._known[MAIN].is_lost

    @property
    def made(self) -> dict[str, str]:
        """The names of the containers that are made, by their ids."""
        return {known.id: name for name, known in dict(self._known).items() if known.id}

    def waits(self, container: str, reason: str, message: str) -> None:
        """A container is not made yet, and why."""
        self._put(container, Known(reason=reason, message=message))

    def is_made(self, container: str, key: str) -> None:
        """A container is made, and does not run yet."""
        self._put(container, Known(id=key))

    def seen(self, container: str, state: ContainerState | None) -> None:
        """How a container that is made fares, as the engine tells; None when it has none of that id."""
        known = self._known[container]
        if state is None or state.is_going:
            self._put(container, msgspec.structs.replace(known, is_lost=True))
        elif known.state is None or _PHASES.index(state.phase) >= _PHASES.index(known.state.phase):
            self._put(container, msgspec.structs.replace(known, state=state))

    def fail(self, error: CdkitError) -> None:
        """The pod cannot be made: whoever watches it gets the error."""
        with self._changed:
            self._failure = self._failure or error
            self._version += 1
        self._tell()

    def subscribe(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` at each change. Gives a function that ends it."""
        with self._changed:
            self._listeners = (*self._listeners, listener)
        return lambda: self._forget(listener)

    def await_made(self, container: str, cancellation: Cancellation) -> str:
        """Block until a container is made; gives the engine's id.

        Raises:
            CdkitError: the reason of the cancellation; or why the pod cannot be made.
        """
        return self._await(lambda: self._known[container].id, cancellation)

    def await_start(self, container: str, cancellation: Cancellation) -> str:
        """Block until a container has been started; gives the engine's id.

        Raises:
            CdkitError: the reason of the cancellation; or why the pod cannot be made.
        """

        def started() -> str:
            known = self._known[container]
            return known.id if known.state is not None and known.state.phase != "created" else ""

        return self._await(started, cancellation)

    def _await(self, answer: Callable[[], str], cancellation: Cancellation) -> str:
        forget = cancellation.on_cancel(self._tell)
        try:
            with self._changed:
                self._changed.wait_for(lambda: answer() or self._failure or cancellation.reason)
                cancellation.raise_if_cancelled()
                if self._failure is not None:
                    raise self._failure
                return answer()
        finally:
            forget()

    def _put(self, container: str, known: Known) -> None:
        with self._changed:
            if self._known[container] == known:
                return
            self._known[container] = known
            self._version += 1
        self._tell()

    def _tell(self) -> None:
        with self._changed:
            self._changed.notify_all()
            listeners = self._listeners
        for listener in listeners:
            listener()

    def _forget(self, listener: Callable[[], None]) -> None:
        with self._changed:
            self._listeners = tuple(other for other in self._listeners if other is not listener)
