"""Watching a rollout to its end, and what to do when that end is a bad one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from cdkit.api import (
    AccessDenied,
    Cancelled,
    Cause,
    CdkitError,
    Decision,
    Duration,
    ObjectRef,
    StepContext,
    TimedOut,
    Verdict,
    WorldFailed,
)


class RolloutFailed(Exception):
    """A workload will not become what it should be; `reason` says why, as the error that a rollback adds to."""

    def __init__(
        self, ref: ObjectRef, sentence: str, cause: Cause | None, evidence: Sequence[str], remedy: str | None = None
    ) -> None:
        super().__init__(sentence)
        self.ref = ref
        self.sentence = sentence
        self.cause = cause
        self.evidence = tuple(evidence)
        self.remedy = cause.remedy if cause else remedy

    def as_found(self) -> WorldFailed:
        """The error for a workload that was not well before we came, and that we did not touch."""
        cause = self.cause
        message = f"{self.sentence} Nothing was changed: it was like this before."
        return WorldFailed(
            message,
            remedy=self.remedy,
            cause=cause.id if cause else None,
            evidence=self.evidence,
        )

    def told_as(self, kind: Callable[..., CdkitError], undone: str, done: Sequence[str] = ()) -> CdkitError:
        """The error that tells of the failure and of what was done about it."""
        return kind(
            f"{self.sentence} {undone}",
            remedy=self.remedy,
            cause=self.cause.id if self.cause else None,
            evidence=[*self.evidence, *done],
        )


def await_rollout(ctx: StepContext, ref: ObjectRef, longest: Duration) -> str:
    """Watch a workload until its rollout is complete; gives the last summary.

    Args:
        ctx: the step's context.
        ref: the workload.
        longest: how long the rollout may take.

    Raises:
        RolloutFailed: it cannot complete, or did not within its time, or may not be watched.
    """
    try:
        decision = ctx.follow(ref, longest)
    except AccessDenied as error:
        raise _unseen(ref, error) from error
    except (Cancelled, TimedOut):
        ctx.warn(
            f"The rollout of {ref} was neither finished nor undone: the cluster goes on with it. Run again to see it."
        )
        raise
    if decision.state == "succeeded":
        return decision.verdict.summary
    raise _failed(ctx, ref, decision, longest)


def await_ready(ctx: StepContext, refs: Iterable[ObjectRef], longest: Duration) -> dict[ObjectRef, str]:
    """Watch objects of any kind until all are ready; gives the last summary of each.

    Args:
        ctx: the step's context.
        refs: the objects.
        longest: how long that may take.

    Raises:
        RolloutFailed: one of them cannot become ready, not all did within the time, or they may not be watched.
    """
    awaited = list(refs)
    try:
        decisions = ctx.follow_all(awaited, longest)
    except AccessDenied as error:
        raise _unseen(awaited[0], error) from error
    _raise_worst(decisions, lambda ref, decision: _failed(ctx, ref, decision, longest))
    return {ref: decision.verdict.summary for ref, decision in decisions.items()}


def await_gone(ctx: StepContext, refs: Iterable[ObjectRef], longest: Duration) -> None:
    """Watch objects that were deleted until the last has gone.

    Args:
        ctx: the step's context.
        refs: the objects.
        longest: how long that may take.

    Raises:
        RolloutFailed: one of them is held, or is still there when the time is over.
    """

    def stays(ref: ObjectRef, decision: Decision) -> RolloutFailed:
        if decision.cause is not None:
            return RolloutFailed(ref, decision.cause.sentence, decision.cause, decision.cause.evidence)
        return RolloutFailed(ref, f"{ref} was deleted {longest} ago, and is still there.", None, ())

    _raise_worst(ctx.follow_removal(refs, longest), stays)


def await_observed(ctx: StepContext, ref: ObjectRef, longest: Duration) -> None:
    """Watch a workload until its controller knows its latest specification, and does nothing more by an older one.

    Args:
        ctx: the step's context.
        ref: the workload.
        longest: how long that may take.

    Raises:
        RolloutFailed: the controller has not looked within the time.
    """
    decision = ctx.follow_generation(ref, longest)
    if decision.state != "succeeded":
        raise _overdue(ctx, ref, decision.verdict, longest)


def _unseen(ref: ObjectRef, error: AccessDenied) -> RolloutFailed:
    """What we may not see we do not know to be well."""
    return RolloutFailed(ref, f"What becomes of it cannot be seen: {error.message}", None, (), error.remedy)


def _raise_worst(
    decisions: Mapping[ObjectRef, Decision], failure: Callable[[ObjectRef, Decision], RolloutFailed]
) -> None:
    """Raise the failure of the first object that failed, else of the one of which most is known why it is not done."""
    undone = [item for item in decisions.items() if item[1].state != "succeeded"]
    if undone:
        raise failure(*min(undone, key=lambda item: _place_of(item[1])))


def _place_of(decision: Decision) -> int:
    """What failed comes first; then what would have failed in time; then what only waits, for one of the others say."""
    if decision.state == "failed":
        return 0
    graces = [cause.patience.grace for cause in decision.verdict.causes]
    return 1 if any(grace is not None for grace in graces) else 2 if graces else 3


def _failed(ctx: StepContext, ref: ObjectRef, decision: Decision, longest: Duration) -> RolloutFailed:
    if decision.state == "progressing":
        return _overdue(ctx, ref, decision.verdict, longest)
    if decision.cause is None:
        return RolloutFailed(ref, f"The rollout of {ref} failed: {decision.verdict.summary}.", None, ())
    proven = ctx.with_log(ref.namespace, decision.cause)
    return RolloutFailed(ref, proven.sentence, proven, proven.evidence)


def _overdue(ctx: StepContext, ref: ObjectRef, verdict: Verdict, longest: Duration) -> RolloutFailed:
    """Its time is over: what stands in its way is why, also where that alone would not have ended it yet."""
    sentence = f"{ref} was not rolled out within {longest}: {verdict.summary}."
    if not verdict.causes:
        return RolloutFailed(ref, sentence, None, ())
    first, *others = verdict.causes
    proven = ctx.with_log(ref.namespace, first)
    evidence = [*proven.evidence, *(cause.sentence for cause in others)]
    return RolloutFailed(ref, f"{sentence} {proven.sentence}", proven, evidence)
