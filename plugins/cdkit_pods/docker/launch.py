"""Brings the containers of a test pod up: images are fetched, containers are made, and those are started that may."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from cdkit.api import (
    Cancellation,
    CdkitError,
    ContainerRequest,
    EngineUnreachable,
    ObjectConflict,
    RequestRejected,
    StepBroken,
    StepContext,
    WorldFailed,
    pause,
)
from cdkit_pods.docker.known_pod import KnownPod
from cdkit_pods.docker.naming import VOLUMES, volume_name
from cdkit_pods.docker.requests import container_request, keeper_request, open_folders
from cdkit_pods.docker.told import CREATING, CREATION_FAILED, NAME_INVALID, PULL_FAILED
from cdkit_pods.spec import KEEPER, Container

FIRST_PAUSE, LONGEST_PAUSE = 2.0, 20.0
"""Seconds until something that failed is tried again, as the kubelet does: a registry may be back by then."""

PARTING = 10.0
"""Seconds for which the end waits for a request that is on its way."""


class Launch:
    """Brings one pod up, a thread for each of its containers.

    Whatever keeps a container from being made is told in the pod's status, and tried again until somebody gives up.

    Args:
        ctx: the step's context.
        pod: what is known of the pod.
        cancellation: ends it.
    """

    def __init__(self, ctx: StepContext, pod: KnownPod, cancellation: Cancellation) -> None:
        self._ctx = ctx
        self._engine = ctx.containers
        self._pod = pod
        self._cancellation = cancellation
        self._opened: set[str] = set()
        self._tried: set[str] = set()
        self._fetching: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []

    def begin(self) -> None:
        """Begin; returns at once."""
        if self._pod.spec.keeper:
            self._in_thread(KEEPER, self._bring_keeper)
        for container in self._pod.spec.containers:
            self._in_thread(container.name, partial(self._bring, container))

    def open(self, container: str) -> None:
        """Let a gated container start, as soon as it is made. A second time changes nothing.

        Raises:
            CdkitError: the reason of the cancellation; or why the pod cannot be made.
        """
        with self._lock:
            if container in self._opened:
                return
            self._opened.add(container)
        self._start(container, self._pod.await_made(container, self._cancellation))

    def end(self) -> None:
        """Make nothing more; the cancellation has come. Waits for what is being made right now."""
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(PARTING)

    def _in_thread(self, name: str, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=partial(self._guarded, work), name=f"launch-{name}", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            self._insist(partial(self._is_done, work))
        except CdkitError as error:
            self._pod.fail(error)
        except Exception as error:  # noqa: BLE001 -- told by whoever watches the pod, who would wait for ever otherwise
            broken = StepBroken(f"The test pod could not be made: {type(error).__name__}: {error}")
            broken.__cause__ = error
            self._pod.fail(broken)

    def _is_done(self, work: Callable[[], None]) -> bool:
        """Do a work that can be done again; False when the engine has gone away in the middle of it."""
        try:
            work()
        except EngineUnreachable:
            return False
        return True

    def _insist(self, attempt: Callable[[], bool]) -> None:
        """Try something until it goes well, or the pod is given up."""
        seconds = FIRST_PAUSE
        while not attempt():
            pause(self._ctx.clock, seconds, self._cancellation)
            seconds = min(2 * seconds, LONGEST_PAUSE)

    def _bring_keeper(self) -> None:
        spec, pod = self._pod.spec, self._pod.pod
        self._fetch(KEEPER, spec.keeper_image)
        for volume in spec.volumes:
            self._engine.create_volume(
                volume_name(pod, volume.name), pod.labels, in_memory=volume.in_memory, size=volume.size
            )
        key = self._make(KEEPER, keeper_request(pod, spec))
        if spec.volumes:
            self._engine.write_archive(key, VOLUMES, [open_folders(spec)])
        self._start(KEEPER, key)

    def _bring(self, container: Container) -> None:
        self._fetch(container.name, container.image)
        self._require_health(container)
        keeper = self._pod.await_start(KEEPER, self._cancellation) if self._pod.spec.keeper else ""
        key = self._make(container.name, container_request(self._pod.pod, self._pod.spec, container, keeper))
        if not container.gated:
            self._start(container.name, key)

    def _fetch(self, container: str, image: str) -> None:
        """See that the engine has an image."""
        with self._lock:
            lock = self._fetching.setdefault(image, threading.Lock())
        self._insist(partial(self._has_image, container, image, lock))

    def _has_image(self, container: str, image: str, lock: threading.Lock) -> bool:
        try:
            with lock:
                if self._engine.image(image) is None:
                    self._engine.pull(image, on_progress=self._show_progress, cancellation=self._cancellation)
        except EngineUnreachable:
            raise
        except WorldFailed as error:
            self._cancellation.raise_if_cancelled()
            reason = NAME_INVALID if isinstance(error, RequestRejected) else PULL_FAILED
            self._pod.waits(container, reason, error.message)
            return False
        self._pod.waits(container, CREATING, "")
        return True

    def _show_progress(self, layer: str, done: int, total: int) -> None:
        self._ctx.progress(layer, done, total, "bytes")

    def _require_health(self, container: Container) -> None:
        """Where somebody waits for a container to be healthy, something has to say that it is.

        Raises:
            WorldFailed: nothing does.
        """
        if not container.needs_health or container.health is not None:
            return
        config = self._engine.image(container.image)
        if config is not None and config.health is None:
            raise WorldFailed(
                f"The image {container.image} of {container.name!r} has no HEALTHCHECK.",
                remedy=f"Write `health` of {container.name!r} into the step's options, or wait for something else.",
            )

    def _make(self, container: str, request: ContainerRequest) -> str:
        """Make a container; gives the engine's id."""
        self._insist(partial(self._is_made, container, request))
        return self._pod.await_made(container, self._cancellation)

    def _is_made(self, container: str, request: ContainerRequest) -> bool:
        try:
            key = self._engine.create(request)
        except ObjectConflict:
            # It was made before, and the answer was lost: nobody else has such a name.
            found = self._engine.inspect(request.name)
            key = found.id if found is not None else ""
        except EngineUnreachable:
            raise
        except WorldFailed as error:
            self._pod.waits(container, CREATION_FAILED, error.message)
            return False
        self._pod.is_made(container, key)
        return bool(key)

    def _start(self, container: str, key: str) -> None:
        """Start a container, once. Why it cannot be started is told by its state."""
        self._cancellation.raise_if_cancelled()
        if key not in self._tried or self._is_new(key):
            self._tried.add(key)
            with suppress(RequestRejected):
                self._engine.start(key)
        self._pod.seen(container, self._engine.inspect(key))

    def _is_new(self, key: str) -> bool:
        """Whether a container has never run: the answer to its start may have been lost."""
        state = self._engine.inspect(key)
        return state is not None and state.phase == "created"
