"""What can be known before a run: the checks of all steps, and what each would change. Nothing is changed here."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import msgspec

from cdkit.engine.capture import Capture, captured
from cdkit.engine.messages import Interrupted, Messages
from cdkit.engine.selection import Selection
from cdkit.engine.session import Session
from cdkit.errors import CdkitError, CheckFailed, StepBroken, Unavailable
from cdkit.flow.cancellation import Cancellation
from cdkit.models.change import Change
from cdkit.models.event import StepOutput
from cdkit.models.problem import Problem
from cdkit.pipeline.expressions import ExpressionError, Pending
from cdkit.pipeline.pipeline import PipelineStep, ResolvedOptions, resolve_env, resolve_options, wanted
from cdkit.pipeline.references import read_references
from cdkit.step import Step, StepContext

MOST_AT_ONCE = 32
Question = Callable[[Step, StepContext], dict[str, Any]]
"""Asks a step something; the answer is the fields of its preview."""


class StepPreview(msgspec.Struct, frozen=True):
    """What running one step would do.

    Attributes:
        step: its name.
        uses: its kind.
        changes: what it would change; an `unknown` one where that could not be asked.
        skipped: why it would not run, or an empty string.
        problems: what would make it fail.
        error: why its world could not be asked at all.
    """

    step: str
    uses: str
    changes: tuple[Change, ...] = ()
    skipped: str = ""
    problems: tuple[Problem, ...] = ()
    error: CdkitError | None = None


class Answered(msgspec.Struct, frozen=True):
    """A thread has asked a step."""

    preview: StepPreview


def missing_secrets(session: Session, previews: Iterable[StepPreview]) -> list[Problem]:
    """A problem for each secret that has no value here and that a step uses which would not be skipped."""
    problems = []
    for step in (session.pipeline.steps[preview.step] for preview in previews if not preview.skipped):
        nodes = [node for node in (step.spec.options, step.spec.when, *step.spec.env.values()) if node is not None]
        for leaf, reference in read_references(nodes, []):
            if reference.path[0] != "secrets":
                continue
            name = reference.path[1]
            if name in session.secrets.missing:
                message = f"The secret {name!r} has no value: {session.secrets.missing[name]}."
                problems.append(Problem(message, leaf.position))
    return list(dict.fromkeys(problems))


def check(session: Session, inbox: Messages, selection: Selection | None = None) -> None:
    """Ask every step that was chosen, all at once, whether it could work.

    Raises:
        CheckFailed: a check found that something would fail; with every such thing.
        Cancelled: an interruption came.
        CdkitError: the world could not be asked, or refused to answer.
    """
    previews = _ask_all(session, inbox, _check_step, selection or Selection())
    session.flush()
    found = missing_secrets(session, previews)
    found += [problem for preview in previews for problem in preview.problems]
    if found:
        raise _check_failed(found)
    failed = [preview for preview in previews if preview.error is not None]
    if failed and failed[0].error is not None:
        raise _unanswered(failed[0].error, failed)


def preview(session: Session, inbox: Messages, selection: Selection | None = None) -> list[StepPreview]:
    """What each step would change, in the order of the run; asks the world where it answers."""
    return _ask_all(session, inbox, _plan_step, selection or Selection())


def _ask_all(session: Session, inbox: Messages, ask: Question, selection: Selection) -> list[StepPreview]:
    """Ask all steps at once; an interruption ends the asking, whatever still waits for an answer."""
    steps = list(session.pipeline.steps.values())
    scope = session.scope({step.name: Pending(f"known after {step.name}") for step in steps})
    scope["run"] = {"id": session.id, "status": Pending("known at the end")}
    cancellation = Cancellation()
    waiting = iter(steps)
    lock = threading.Lock()

    def answer(step: PipelineStep) -> StepPreview:
        left_out = selection.left_out(step) or selection.taken_over_reason(step)
        if left_out:
            return StepPreview(step.name, step.kind.name, skipped=left_out)
        return _ask(step, session, scope, cancellation, ask)

    def work(capture: Capture) -> None:
        while True:
            with lock:
                step = next(waiting, None)
            if step is None:
                return
            # What a step prints may hold a secret here too.
            with capture.claimed(partial(_say, session, step.name)):
                preview = answer(step)
            inbox.put(Answered(preview))

    with captured(partial(_say, session, "")) as capture:
        for _ in range(min(MOST_AT_ONCE, len(steps))):
            threading.Thread(target=work, args=(capture,), daemon=True).start()
        answers = _collect(len(steps), session, inbox, cancellation)
    return _with_skipped(steps, [answers[step.name] for step in steps], selection)


def _collect(count: int, session: Session, inbox: Messages, cancellation: Cancellation) -> dict[str, StepPreview]:
    """Wait for the answers of so many steps."""
    answers: dict[str, StepPreview] = {}
    while len(answers) < count:
        message = session.clock.receive(inbox, None)
        if isinstance(message, Interrupted):
            reason = message.reason
            cancellation.cancel(reason)
            raise reason
        if isinstance(message, Answered):
            answers[message.preview.step] = message.preview
    return answers


def _say(session: Session, step: str, line: str) -> None:
    session.emit(StepOutput(step=step, line=line))


def _ask(
    step: PipelineStep,
    session: Session,
    scope: dict[str, Any],
    cancellation: Cancellation,
    ask: Question,
) -> StepPreview:
    base = StepPreview(step.name, step.kind.name)
    try:
        holds = wanted(step, scope)
        if holds is False:
            text = step.spec.when.text.strip() if step.spec.when else ""
            return msgspec.structs.replace(base, skipped=f"`when` is not true: {text}")
        resolved = resolve_options(step, scope)
        if resolved.options is None:
            return _unresolved(base, resolved)
        env = {**session.environ, **resolve_env(step, scope)}
        pending = frozenset(resolved.pending)
        context = StepContext(step.name, session, env=env, cancellation=cancellation, pending=pending)
        return msgspec.structs.replace(base, **ask(step.kind(resolved.options), context))
    except Exception as error:  # noqa: BLE001 -- one step that cannot be asked must not hide what the others say
        return _not_askable(base, error)


def _unresolved(base: StepPreview, resolved: ResolvedOptions) -> StepPreview:
    if resolved.problems:
        return msgspec.structs.replace(base, problems=resolved.problems)
    why = ", ".join(f"{name} {text}" for name, text in resolved.pending.items())
    return msgspec.structs.replace(base, changes=(Change("unknown", base.uses, why),))


def _not_askable(base: StepPreview, error: Exception) -> StepPreview:
    """A world that does not answer is said as such; anything else that went wrong is a failure."""
    if isinstance(error, ExpressionError):
        return msgspec.structs.replace(base, problems=(Problem(f"In the step {base.step!r}: {error}"),))
    if not isinstance(error, CdkitError):
        error = StepBroken(f"The step {base.step!r} failed unexpectedly: {type(error).__name__}: {error}")
    changes = (Change("unknown", base.uses, error.message),) if isinstance(error, Unavailable) else ()
    return msgspec.structs.replace(base, error=error, changes=changes)


def _check_step(step: Step, context: StepContext) -> dict[str, Any]:
    return {"problems": tuple(step.check(context))}


def _plan_step(step: Step, context: StepContext) -> dict[str, Any]:
    return {"changes": tuple(step.plan(context))}


def _with_skipped(
    steps: Sequence[PipelineStep], previews: Iterable[StepPreview], selection: Selection
) -> list[StepPreview]:
    """A step behind one that is skipped is skipped too, and need not be able to work."""
    skipped: dict[str, str] = {}
    result = []
    for step, answer in zip(steps, previews, strict=True):
        behind = next((need for need in step.depends_on if need in skipped and selection.holds_up(step, need)), None)
        if behind and not answer.skipped:
            answer = StepPreview(step.name, step.kind.name, skipped=f"it needs {behind!r}, which would be skipped")  # noqa: PLW2901
        if answer.skipped:
            skipped[step.name] = answer.skipped
        result.append(answer)
    return result


def _unanswered(error: CdkitError, failed: Sequence[StepPreview]) -> CdkitError:
    """The first error, with the steps that met it; a world that is away is the same trouble for all of them."""
    names = ", ".join(preview.step for preview in failed if str(preview.error) == str(error))
    others = [f"{preview.step}: {preview.error}" for preview in failed if str(preview.error) != str(error)]
    error.evidence = (*error.evidence, f"asked for {names}, before anything was changed", *others)
    return error


def _check_failed(problems: Sequence[Problem]) -> CheckFailed:
    count = "one thing is" if len(problems) == 1 else f"{len(problems)} things are"
    return CheckFailed(
        f"The run cannot work: {count} missing or wrong. Nothing was changed.",
        evidence=[line for problem in problems for line in (str(problem), *problem.paste)],
    )
