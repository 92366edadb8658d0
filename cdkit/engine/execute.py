"""Executes the graph of a pipeline in parallel threads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from cdkit.engine.capture import Capture, captured
from cdkit.engine.ledger import Ledger
from cdkit.engine.messages import Interrupted, Messages
from cdkit.engine.perform import Performance, Performed
from cdkit.engine.queue import Queue
from cdkit.engine.resume import Memory
from cdkit.engine.selection import Selection
from cdkit.engine.session import Session
from cdkit.engine.workers import Workers
from cdkit.errors import Cancelled, TimedOut
from cdkit.flow.cancellation import Cancellation
from cdkit.flow.clock import measured
from cdkit.models.event import RunFinished, StepFinished, StepOutput, StepWaiting
from cdkit.models.result import RunResult, StepResult
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


def execute(
    session: Session,
    inbox: Messages,
    *,
    jobs: int,
    selection: Selection | None = None,
    memory: Memory | None = None,
) -> RunResult:
    """Run every step of the session's pipeline, as many at once as `jobs` allows.

    After a failure no further step is started, and those that run come to their end. After an interruption those
    that run are stopped. The steps under `finally` follow in every case.

    Args:
        session: the run.
        inbox: where signal handlers leave `Interrupted`.
        jobs: how many steps may run at once.
        selection: which steps were chosen; all when left out.
        memory: what is known of the run that is continued.
    """
    seconds = measured(session.clock)
    ledger = Ledger()
    steps = session.pipeline.steps
    with captured(lambda line: session.emit(StepOutput(line=line))) as capture:
        setting = _Setting(session, inbox, jobs, selection or Selection(), memory or Memory(None), ledger, capture)
        main = _Execution(setting, {name: step for name, step in steps.items() if not step.is_final})
        main.run()
        session.status = _status(main.cancelled_with, ledger)
        finale = _Finale(setting, {name: step for name, step in steps.items() if step.is_final})
        finale.run()
    cancelled_with = main.cancelled_with or finale.cancelled_with
    exit_code = cancelled_with if cancelled_with is not None else ledger.failed_with or 0
    result = RunResult(exit_code, seconds(), {name: ledger.results[name] for name in steps})
    session.emit(RunFinished(exit_code=result.exit_code, seconds=result.seconds))
    return result


def _status(cancelled_with: int | None, ledger: Ledger) -> str:
    if cancelled_with is not None:
        return "cancelled"
    return "succeeded" if ledger.failed_with is None else "failed"


class _Setting(msgspec.Struct, frozen=True):
    """What the executions of one run share."""

    session: Session
    inbox: Messages
    jobs: int
    selection: Selection
    memory: Memory
    ledger: Ledger
    capture: Capture


class _Execution:
    """The execution of some steps; only the calling thread touches it."""

    def __init__(self, setting: _Setting, steps: Mapping[str, PipelineStep]) -> None:
        self._setting = setting
        self._session = setting.session
        self._clock = setting.session.clock
        self._ledger = setting.ledger
        self._steps = steps
        self._queue = Queue(steps)
        self._running: dict[str, _Running] = {}
        self._workers = Workers()
        self._cancellation = Cancellation()

    def run(self) -> None:
        """Run the steps to their end."""
        self._start_ready()
        while self._running:
            self._handle(self._clock.receive(self._setting.inbox, self._next_look()))
            self._start_ready()
        for name, step in self._steps.items():
            if name not in self._ledger.results:
                left_out = self._setting.selection.left_out(step)
                self._skip(step, left_out or self._unmet_need(step) or self._why_stopped())

    @property
    def cancelled_with(self) -> int | None:
        """The exit code of the interruption that came, or None."""
        reason = self._cancellation.reason
        return None if reason is None else reason.code

    @property
    def _is_stopping(self) -> bool:
        return self._ledger.failed_with is not None or self.cancelled_with is not None

    def _start_ready(self) -> None:
        while len(self._running) < self._setting.jobs and not self._is_stopping:
            step = self._queue.take()
            if step is None:
                return
            reason = self._setting.selection.left_out(step) or self._unmet_need(step)
            if reason:
                self._skip(step, reason)
                self._queue.end(step)
            else:
                self._start(step)

    def _readable(self) -> Mapping[str, Mapping[str, Any]]:
        """What a step that starts now can read. A copy: the step reads it in a thread of its own."""
        return dict(self._ledger.outputs)

    def _start(self, step: PipelineStep) -> None:
        now = self._clock.monotonic()
        cancellation = Cancellation(self._cancellation)
        performance = Performance(step, self._session, self._readable(), cancellation, self._setting.memory)
        self._running[step.name] = _Running(performance, now, now + step.spec.timeout, now + SIGN_OF_LIFE)
        self._workers.start(step.name, lambda: self._perform(performance))

    def _perform(self, performance: Performance) -> Callable[[], None]:
        with self._setting.capture.claimed(performance.say):
            ended = Ended(performance.perform())
        return lambda: self._setting.inbox.put(ended)

    def _next_look(self) -> float:
        return min(running.next_look() for running in self._running.values())

    def _handle(self, message: object) -> None:
        if isinstance(message, Interrupted):
            self._interrupt(message.reason)
        elif isinstance(message, Ended):
            self._end(message.performed)
        now = self._clock.monotonic()
        for name, running in list(self._running.items()):
            if now >= running.next_look():
                self._look_at(name, running, now)

    def _interrupt(self, reason: Cancelled) -> None:
        self._cancellation.cancel(reason)
        now = self._clock.monotonic()
        for running in self._running.values():
            running.abandon_at = now + GRACE

    def _end(self, performed: Performed) -> None:
        running = self._running.pop(performed.result.step, None)
        if running is None:
            return
        running.performance.cancellation.close()
        self._finish(performed)
        self._queue.end(running.performance.step)

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

    def _skip(self, step: PipelineStep, reason: str) -> None:
        self._finish(Performed(StepResult(step.name, "skipped", reason=reason)))

    def _finish(self, performed: Performed) -> None:
        self._ledger.enter(performed)
        self._session.emit(StepFinished(step=performed.result.step, result=performed.result))

    def _unmet_need(self, step: PipelineStep) -> str:
        """Why a step whose turn it is cannot run: a step that it depends on gave nothing."""
        for need in step.depends_on:
            result = self._ledger.results.get(need)
            if result is None or result.status == "succeeded":
                continue
            if self._setting.selection.holds_up(step, need):
                return f"it needs {need!r}, which {_ENDINGS[result.status]}"
        return ""

    def _why_stopped(self) -> str:
        return "another step failed before" if self.cancelled_with is None else "the run was cancelled"


class _Finale(_Execution):
    """The steps under `finally`: they run however the others ended, and one that fails does not stop the next."""

    @property
    def _is_stopping(self) -> bool:
        return self.cancelled_with is not None

    def _readable(self) -> Mapping[str, Mapping[str, Any]]:
        """A step that gave nothing is there, with no outputs: so `| default(...)` can stand behind one of them."""
        nothing: dict[str, Mapping[str, Any]] = {name: {} for name in self._session.pipeline.steps}
        return nothing | self._ledger.outputs
