"""Carries one test pod from its start to the end of its tests."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cdkit.api import (
    Cancellation,
    Cancelled,
    CdkitError,
    Companions,
    Decision,
    Manifest,
    StepContext,
)
from cdkit_pods.conduct.ended_pod import EndedPod
from cdkit_pods.conduct.opening import Opening
from cdkit_pods.logs.show import shown
from cdkit_pods.logs.stream import LogStream
from cdkit_pods.looks import ContainerLook, PodLooks
from cdkit_pods.plan import PodPlan
from cdkit_pods.runtime import RunningPod, Runtime
from cdkit_pods.spec import MAIN
from cdkit_pods.verdict import error_of, with_last_lines


def conduct(ctx: StepContext, runtime: Runtime, plan: PodPlan, folder: Path) -> EndedPod:
    """Run one pod to the end of its tests, and bring out what they have left.

    Args:
        ctx: the step.
        runtime: where it runs.
        plan: what is to be done.
        folder: for its artifacts.

    Raises:
        CdkitError: it could not be made.
    """
    running = runtime.start(plan.spec)
    forget = ctx.defer(f"remove {running.ref}", running.remove)
    of_shard = f"{plan.title()}: " if plan.title() else ""
    ctx.say(f"{of_shard}{running.ref} {running.where}")
    conductor = _Conductor(ctx, plan, running)
    error = conductor.carry_out()
    has_left = plan.artifacts and conductor.has_begun and not isinstance(error, Cancelled)
    lost = _drained(ctx, running, plan, folder) if has_left else None
    return EndedPod(ctx, running, forget, error=error, lost=lost, last_lines=tuple(conductor.last_lines(MAIN)))


def _drained(ctx: StepContext, running: RunningPod, plan: PodPlan, folder: Path) -> CdkitError | None:
    """Copy the artifacts out; gives why they did not all come out whole, or None."""
    from cdkit_pods.artifacts.drain import drain

    drained = drain(ctx, running, plan.artifacts, folder)
    return next((each.error for each in drained.values() if each.error is not None), None)


class _Conductor:
    """Follows one pod that runs: its containers are opened, its logs are shown, its end is judged."""

    def __init__(self, ctx: StepContext, plan: PodPlan, running: RunningPod) -> None:
        self._ctx = ctx
        self._plan = plan
        self._running = running
        self._cancellation = Cancellation(ctx.cancellation)
        self._looks = PodLooks()
        self._latest: Manifest = {}
        self._has_begun = False
        self._looks.subscribe(self._remember)
        self._logs = {container.name: LogStream(ctx, running, container.name) for container in plan.spec.containers}
        for log in self._logs.values():
            self._show(log)

        self._told = ""
        self._opening = Opening(
            ctx,
            plan,
            running,
            looks=self._looks,
            logs=self._logs,
            cancellation=self._cancellation,
            on_ready=self._tell_again,
        )

    def carry_out(self) -> CdkitError | None:
        """Bring the pod to its end; gives why it is no success, or None."""
        outcome = self._followed()
        self._finish_logs()
        if isinstance(outcome, CdkitError):
            return with_last_lines(outcome, self.last_lines, self._told)
        return error_of(outcome, self.last_lines, self._ctx.never_ran)

    @property
    def has_begun(self) -> bool:
        """Whether any container has ever run, as far as was seen: before that, a pod has no keeper to ask.

        A pod that was evicted tells nothing of its containers any more.
        """
        return self._has_begun

    def _followed(self) -> Decision | CdkitError:
        """The decision on the pod, or what has ended it before there was one."""
        try:
            self._opening.begin()
            return self._ctx.follow_pod(
                self._running.ref,
                MAIN,
                self._looks.on_look,
                source=self._running.source,
                companions=self._companions,
                cancellation=self._cancellation,
                tell=self._tell,
            )
        except CdkitError as error:
            return error
        finally:
            self._cancellation.cancel(Cancelled("The tests are over."))
            self._cancellation.close()
            self._opening.close()

    @property
    def _companions(self) -> Companions:
        services = tuple(service.name for service in self._plan.services if not service.may_end)
        return Companions(services, self._plan.init)

    def _show(self, log: LogStream) -> None:
        """Show the lines of a log, after the name of the container where there are several."""
        self._looks.subscribe(log.on_look)
        title = self._plan.title(log.container)
        log.subscribe(shown(self._ctx, f"{title} | " if title else ""))

    def _tell(self, how: str) -> None:
        """Say what is waited for: how the pod fares, and which services are not ready."""
        self._told = how
        missing = ", ".join(self._opening.unready)
        self._ctx.waiting(f"{how.removesuffix('.')}; not ready yet: {missing}" if missing else how)

    def _tell_again(self) -> None:
        if self._told:
            self._tell(self._told)

    def _remember(self, pod: Manifest) -> None:
        self._latest = pod
        self._has_begun |= any(ContainerLook.at(pod, name).phase != "waiting" for name in self._logs)

    def _finish_logs(self) -> None:
        """Wait for the rest of the logs of what has ended; what still runs is followed no further."""
        for log in self._logs.values():
            if ContainerLook.at(self._latest, log.container).phase == "ended":
                log.finish()
            log.close()

    def last_lines(self, container: str) -> Sequence[str]:
        """What a container printed last."""
        log = self._logs.get(container)
        return log.last_lines if log is not None else ()
