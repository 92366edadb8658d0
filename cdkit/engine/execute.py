"""Executes the graph of a pipeline in parallel threads."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from graphlib import TopologicalSorter
from typing import Any

import msgspec

from cdkit.engine.messages import Interrupted, Messages
from cdkit.engine.perform import Performance, Performed
from cdkit.engine.session import Session
from cdkit.errors import Cancelled, TimedOut
from cdkit.flow.cancellation import Cancellation
from cdkit.flow.clock import measured
from cdkit.models.event import RunFinished, StepFinished, StepWaiting
from cdkit.models.result import RunResult, StepResult
from cdkit.pipeline.graph import sorter
from cdkit.pipeline.pipeline import PipelineStep

GRACE = 15.0
"""Seconds that a step has to stop, once asked to, before the run goes on without it."""

SIGN_OF_LIFE = 30.0
"""Seconds after which a step that runs is spoken of again."""


_ENDINGS = {"failed": "failed", "skipped": "was skipped", "cancelled": "was cancelled"}


class Ended(msgspec.Struct, frozen=True):
    """The thread of a step has come to its end."""

    performed: Performed


class _Running(msgspec.Struct):
    """A step at work, and when to look at it again, all on the monotonic scale."""

    performance: Performance
    started: float
    deadline: float
    next_sign: float
    abandon_at: float | None = None

    def next_look(self) -> float:
        """When something has to be done about it at the latest."""
        return min(self.next_sign, self.deadline if self.abandon_at is None else self.abandon_at)


def execute(session: Session, inbox: Messages, *, jobs: int) -> RunResult:
    """Run every step of the session's pipeline, as many at once as `jobs` allows.

    After a failure no further step is started, and those that run come to their end. After an interruption those
    that run are stopped.

    Args:
        session: the run.
        inbox: where signal handlers leave `Interrupted`.
        jobs: how many steps may run at once.
    """
    return _Execution(session, inbox, jobs).run()


class _Execution:
    """The state of one execution; only the calling thread touches it."""

    def __init__(self, session: Session, inbox: Messages, jobs: int) -> None:
        self._session = session
        self._clock = session.clock
        self._inbox = inbox
        self._jobs = jobs
        self._steps = session.pipeline.steps
        self._graph: TopologicalSorter[str] = sorter({name: step.depends_on for name, step in self._steps.items()})
        self._ready: list[str] = []
        self._running: dict[str, _Running] = {}
        self._results: dict[str, StepResult] = {}
        self._outputs: dict[str, Mapping[str, Any]] = {}
        self._cancellation = Cancellation()
        self._failed_with: int | None = None
        self._seconds = measured(session.clock)

    def run(self) -> RunResult:
        self._ready.extend(self._graph.get_ready())
        self._start_ready()
        while self._running:
            self._handle(self._clock.receive(self._inbox, self._next_look()))
            self._start_ready()
        for name in self._steps:
            if name not in self._results:
                self._finish(StepResult(name, "skipped", reason=self._unmet_need(name) or self._why_stopped()))
        result = RunResult(self._exit_code(), self._seconds(), {name: self._results[name] for name in self._steps})
        self._session.emit(RunFinished(exit_code=result.exit_code, seconds=result.seconds))
        return result

    def _start_ready(self) -> None:
        if self._stopping:
            return
        while self._ready and len(self._running) < self._jobs and not self._stopping:
            name = self._ready.pop(0)
            unmet = self._unmet_need(name)
            if unmet:
                self._finish(StepResult(name, "skipped", reason=unmet))
                self._release_those_behind(name)
            else:
                self._start(self._steps[name])

    @property
    def _stopping(self) -> bool:
        return self._failed_with is not None or self._cancellation.reason is not None

    def _start(self, step: PipelineStep) -> None:
        now = self._clock.monotonic()
        performance = Performance(step, self._session, self._outputs, Cancellation(self._cancellation))
        self._running[step.name] = _Running(performance, now, now + step.spec.timeout, now + SIGN_OF_LIFE)
        # A daemon: a step that never returns must not keep the process alive.
        threading.Thread(target=self._perform, args=(performance,), name=step.name, daemon=True).start()

    def _perform(self, performance: Performance) -> None:
        self._inbox.put(Ended(performance.perform()))

    def _next_look(self) -> float:
        return min(running.next_look() for running in self._running.values())

    def _handle(self, message: object) -> None:
        if isinstance(message, Interrupted):
            self._interrupt(message.signal_number)
        elif isinstance(message, Ended):
            self._end(message.performed)
        now = self._clock.monotonic()
        for name, running in list(self._running.items()):
            if now >= running.next_look():
                self._look_at(name, running, now)

    def _interrupt(self, signal_number: int) -> None:
        self._cancellation.cancel(Cancelled(signal_number=signal_number))
        now = self._clock.monotonic()
        for running in self._running.values():
            running.abandon_at = now + GRACE

    def _end(self, performed: Performed) -> None:
        name = performed.result.step
        running = self._running.pop(name, None)
        if running is None:
            return
        running.performance.cancellation.close()
        if performed.result.status == "succeeded":
            self._outputs[name] = performed.outputs
        self._finish(performed.result)
        self._release_those_behind(name)

    def _release_those_behind(self, name: str) -> None:
        self._graph.done(name)
        self._ready.extend(self._graph.get_ready())

    def _look_at(self, name: str, running: _Running, now: float) -> None:
        if running.abandon_at is not None and now >= running.abandon_at:
            self._abandon(running)
        elif running.abandon_at is None and now >= running.deadline:
            running.abandon_at = now + GRACE
            running.performance.cancellation.cancel(self._timed_out(running.performance.step))
        else:
            running.next_sign = now + SIGN_OF_LIFE
            what = self._session.awaited_by(name)
            self._session.emit(StepWaiting(step=name, what=what, seconds=now - running.started))

    def _timed_out(self, step: PipelineStep) -> TimedOut:
        awaited = self._session.awaited_by(step.name)
        evidence = [f"the last that it waited for: {awaited}"] if awaited else []
        return TimedOut(f"The step {step.name!r} did not end within {step.spec.timeout}.", evidence=evidence)

    def _abandon(self, running: _Running) -> None:
        """Go on without a step that does not stop, after doing its clean-up for it."""
        performance = running.performance
        reason = performance.cancellation.reason_or_default()
        cleaner = threading.Thread(target=performance.clean_up, daemon=True)
        cleaner.start()
        cleaner.join(GRACE)
        self._end(performance.failed(reason))

    def _finish(self, result: StepResult) -> None:
        self._results[result.step] = result
        if result.status == "failed" and not result.tolerated and self._failed_with is None and result.failure:
            self._failed_with = result.failure.exit_code
        self._session.emit(StepFinished(step=result.step, result=result))

    def _unmet_need(self, name: str) -> str:
        """Why a step whose turn it is cannot run: a step that it depends on gave nothing."""
        for need in self._steps[name].depends_on:
            result = self._results.get(need)
            if result is not None and result.status != "succeeded":
                return f"it needs {need!r}, which {_ENDINGS[result.status]}"
        return ""

    def _why_stopped(self) -> str:
        return "another step failed before" if self._cancellation.reason is None else "the run was cancelled"

    def _exit_code(self) -> int:
        reason = self._cancellation.reason
        return reason.code if reason is not None else self._failed_with or 0
