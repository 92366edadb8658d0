"""Performs one step, and maps every way in which it can end to one result."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from typing import Any

import msgspec

from cdkit.engine.disclosure import disclosed
from cdkit.engine.resume import Memory, Recalled, fingerprint
from cdkit.engine.retry import call_with_retry
from cdkit.engine.session import Session
from cdkit.errors import Cancelled, CdkitError, InvalidInput, StepBroken
from cdkit.flow.cancellation import Cancellation
from cdkit.flow.clock import measured
from cdkit.models.event import OptionsResolved, StepRetried, StepStarted
from cdkit.models.result import Failure, StepResult
from cdkit.pipeline.expressions import ExpressionError
from cdkit.pipeline.pipeline import PipelineStep, resolve_env, resolve_options, wanted
from cdkit.step import Step, StepContext, StepOptions, StepOutputs


class Performed(msgspec.Struct, frozen=True):
    """How a step ended, and what it hands on, unredacted, for the steps behind it."""

    result: StepResult
    outputs: Mapping[str, Any] = {}


class Performance:
    """One step at work in a thread of its own.

    Args:
        step: which step.
        session: the run.
        outputs: what the steps before it handed on.
        cancellation: asks it to stop.
        memory: what is known of the run that is continued.
    """

    def __init__(
        self,
        step: PipelineStep,
        session: Session,
        outputs: Mapping[str, Any],
        cancellation: Cancellation,
        memory: Memory,
    ) -> None:
        self.step = step
        self._memory = memory
        self.cancellation = cancellation
        self._session = session
        self._scope = session.scope(outputs)
        self._context = StepContext(step.name, session, env=session.environ, cancellation=cancellation)
        self._seconds = measured(session.clock)

    def perform(self) -> Performed:
        """Do the work; never raises."""
        try:
            if not wanted(self.step, self._scope):
                return Performed(StepResult(self.step.name, "skipped", reason=_when_text(self.step)))
            options = self._options()
            env = resolve_env(self.step, self._scope)
            inputs = fingerprint(self._memory.key, self.step, options, env)
            recalled = self._memory.recall(self.step, inputs)
            if recalled is not None and recalled.outputs is not None:
                return self._succeeded(recalled.outputs, recalled.reason)
            self._announce(options, inputs, recalled)
            self._context.env = {**self._session.environ, **env}
            return self._succeeded(self._run(self.step.kind(options)))
        except BaseException as error:  # noqa: BLE001 -- a step may raise anything; the run must know of it
            return self.failed(error)
        finally:
            self.clean_up()
            self._session.findings.end(self.step.name)

    def say(self, line: str) -> None:
        """Show a line that the step printed by itself."""
        self._context.say(line, "stdout")

    def failed(self, error: BaseException) -> Performed:
        """The result of a step that ended with an error."""
        # A client that is interrupted may raise what it likes; the reason of the interruption is the truth.
        reason = self.cancellation.reason
        failure = failure_of(reason if reason is not None and error is not reason else error)
        status = "cancelled" if failure.kind == Cancelled.__name__ else "failed"
        tolerated = status == "failed" and self.step.spec.continue_on_error
        return Performed(
            StepResult(self.step.name, status, self._seconds(), failure=failure, tolerated=tolerated)  # type: ignore[arg-type]
        )

    def clean_up(self) -> None:
        """Undo what the step asked to be undone at its end."""
        self._context.clean_up()

    def _succeeded(self, outputs: StepOutputs, reason: str = "") -> Performed:
        shown = msgspec.to_builtins(outputs)
        result = StepResult(self.step.name, "succeeded", self._seconds(), shown, reason)
        return Performed(result, msgspec.structs.asdict(outputs))

    def _announce(self, options: StepOptions, inputs: str, recalled: Recalled | None) -> None:
        self._session.findings.begin(self.step.name)
        self._session.emit(StepStarted(step=self.step.name, uses=self.step.kind.name, inputs=inputs))
        if self.step.spec.options is not None:
            self._session.emit(OptionsResolved(step=self.step.name, options=disclosed(self.step, options)))
        if recalled is not None:
            self._context.say(recalled.reason)

    def _run(self, step: Step) -> StepOutputs:
        outputs = call_with_retry(
            lambda: self._attempt(step),
            self.step.spec.retry,
            sleep=self._context.sleep,
            on_retry=self._say_retry,
        )
        if not isinstance(outputs, self.step.kind.Outputs):
            kind = self.step.kind
            message = (
                f"The step {kind.name!r} gave {type(outputs).__name__} back; its outputs are {kind.Outputs.__name__}."
            )
            raise StepBroken(message)
        return outputs

    def _options(self) -> StepOptions:
        resolved = resolve_options(self.step, self._scope)
        if resolved.options is None:
            message = f"The options of {self.step.name!r} turned out to be wrong."
            raise InvalidInput(message, problems=resolved.problems)
        return resolved.options

    def _attempt(self, step: Step) -> StepOutputs:
        self.cancellation.raise_if_cancelled()
        return step.run(self._context)

    def _say_retry(self, attempt: int, delay: float, error: CdkitError) -> None:
        attempts = self.step.spec.retry.attempts
        event = StepRetried(step=self.step.name, attempt=attempt, attempts=attempts, delay=delay, reason=error.message)
        self._session.emit(event)


def failure_of(error: BaseException) -> Failure:
    """What a person, and the journal, should know of an error."""
    if isinstance(error, ExpressionError):
        error = InvalidInput(str(error))
    if isinstance(error, CdkitError):
        return _failure(error, None)
    broken = StepBroken(f"The step failed unexpectedly: {type(error).__name__}: {_first_line(error)}")
    return _failure(broken, "".join(traceback.format_exception(error)))


def _failure(error: CdkitError, trace: str | None) -> Failure:
    return Failure(type(error).__name__, error.message, error.remedy, error.code, error.cause, error.evidence, trace)


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or ["no message"])[0]


def _when_text(step: PipelineStep) -> str:
    return f"`when` is not true: {step.spec.when.text.strip()}" if step.spec.when else ""
