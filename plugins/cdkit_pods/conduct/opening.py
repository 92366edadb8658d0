"""Opens the containers of a pod, each when what it needs is there, and ends what takes too long."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from cdkit.api import Cancellation, CdkitError, Duration, Manifest, StepBroken, StepContext, TimedOut, pause
from cdkit_pods.conduct.milestones import Milestones
from cdkit_pods.logs.stream import LogStream
from cdkit_pods.looks import ContainerLook, PodLooks
from cdkit_pods.plan import PodPlan, ServicePlan
from cdkit_pods.runtime import RunningPod
from cdkit_pods.spec import MAIN

if TYPE_CHECKING:
    from cdkit_pods.waiting.readiness import Readiness

FILES = "the files"
"""The milestone of all files being in their volumes; containers are called otherwise."""


class Opening:
    """Brings one pod from its start to the start of its tests, in threads of its own.

    Whatever fails on the way cancels the pod: that is how whoever follows it hears of it.

    Args:
        ctx: the step.
        plan: what is to be done.
        running: the pod.
        looks: every look at the pod.
        logs: the logs of its containers, which have not begun yet.
        cancellation: the pod's own.
        on_ready: called when a service has become ready.

    Attributes:
        unready: the services that are not ready yet.
    """

    def __init__(
        self,
        ctx: StepContext,
        plan: PodPlan,
        running: RunningPod,
        *,
        looks: PodLooks,
        logs: Mapping[str, LogStream],
        cancellation: Cancellation,
        on_ready: Callable[[], None] = lambda: None,
    ) -> None:
        self.unready = tuple(service.name for service in plan.services)
        self._on_ready = on_ready
        self._ctx = ctx
        self._plan = plan
        self._running = running
        self._looks = looks
        self._cancellation = cancellation
        self._ready = Milestones(cancellation)
        self._lock = threading.Lock()
        self._readiness = {service.name: self._readiness_of(service, logs[service.name]) for service in plan.services}

    def begin(self) -> None:
        """Begin; returns at once."""
        self._in_thread("end", self._time_pod)
        for service in self._plan.services:
            self._in_thread(service.name, partial(self._open_service, service))
        if self._plan.opens_tests:
            self._in_thread("tests", self._open_tests)
        elif self._plan.test_timeout is not None:
            self._in_thread("tests", self._time_tests)

    def close(self) -> None:
        """Look at logs no more. The pod's cancellation has ended the rest."""
        for readiness in self._readiness.values():
            readiness.close()

    def _in_thread(self, name: str, work: Callable[[], None]) -> None:
        threading.Thread(target=partial(self._guarded, work), name=f"open-{name}", daemon=True).start()

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except CdkitError as error:
            self._cancellation.cancel(error)
        except Exception as error:  # noqa: BLE001 -- told by whoever follows the pod, who would wait for ever otherwise
            self._cancellation.cancel(_broken(error))

    def _open_service(self, service: ServicePlan) -> None:
        if service.gated:
            self._ready.await_all((FILES, *service.needs))
            self._running.open(service.name)
        self._readiness[service.name].wait(self._cancellation)
        if service.wait is not None:
            self._ctx.say(f"{self._plan.title(service.name)} is ready")
        with self._lock:
            self.unready = tuple(name for name in self.unready if name != service.name)
        self._on_ready()
        self._ready.reach(service.name)

    def _readiness_of(self, service: ServicePlan, log: LogStream) -> Readiness:
        from cdkit_pods.waiting.conditions import condition_of
        from cdkit_pods.waiting.readiness import Readiness

        return Readiness(
            self._ctx,
            self._running,
            log=log,
            looks=self._looks,
            condition=condition_of(service.wait),
            within=service.within,
            fails_on=service.fails_on,
        )

    def _open_tests(self) -> None:
        if self._plan.files:
            self._write_files()
        self._ready.reach(FILES)
        self._ready.await_all(service.name for service in self._plan.services)
        for command in self._plan.init:
            self._running.open(command)
            # The diagnosis of the pod ends it for any other code.
            self._await_look(command, _has_succeeded)
        self._running.open(MAIN)
        self._time_tests()

    def _write_files(self) -> None:
        from cdkit_pods.artifacts.pack import pack

        for volume, files in self._plan.files.items():
            for file in files:
                archive = pack(self._ctx.workspace, file.path, name=file.name)
                self._running.write_folder(volume, archive, self._cancellation)

    def _time_tests(self) -> None:
        """End the tests when they take too long; their time begins when their container runs and is open."""
        limit = self._plan.test_timeout
        if limit is not None:
            self._await_look(MAIN, lambda seen: seen.phase != "waiting")
            pause(self._ctx.clock, limit, self._cancellation)
            raise _overdue("The tests", limit, "test_timeout")

    def _time_pod(self) -> None:
        """End the pod after its `longest`; it would end itself a little later, and take its volumes with it."""
        limit = self._plan.spec.longest
        pause(self._ctx.clock, limit, self._cancellation)
        raise _overdue(str(self._running.ref), limit, "longest")

    def _await_look(self, container: str, is_awaited: Callable[[ContainerLook], bool]) -> None:
        """Block until a container is seen as it is awaited."""

        def look(pod: Manifest) -> None:
            if is_awaited(ContainerLook.at(pod, container)):
                self._ready.reach(container)

        forget = self._looks.subscribe(look)
        try:
            self._ready.await_all((container,))
        finally:
            forget()


def _overdue(what: str, limit: float, option: str) -> TimedOut:
    return TimedOut(
        f"{what} did not end within {Duration(limit).written()} (`{option}`).",
        remedy=f"See in the log where it hangs; raise `{option}` if the work is really that long.",
        cause="deadline-exceeded",
    )


def _broken(error: Exception) -> StepBroken:
    """A defect of ours, which is to be reported, with all that tells where it is."""
    message = f"The test pod could not be brought up: {type(error).__name__}: {error}"
    return StepBroken(message, evidence="".join(traceback.format_exception(error)).splitlines())


def _has_succeeded(seen: ContainerLook) -> bool:
    return seen.phase == "ended" and seen.exit_code == 0
