"""Watching a rollout to its end, and what to do when that end is a bad one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cdkit.api import (
    Cancelled,
    Cause,
    CdkitError,
    Decision,
    Duration,
    ObjectRef,
    RollbackFailed,
    RolledBack,
    StepContext,
    TimedOut,
    Verdict,
    WorldFailed,
)
from cdkit_deploy.undo import Before, put_back


class RolloutFailed(Exception):
    """A workload will not become what it should be; `reason` says why, as the error that a rollback adds to."""

    def __init__(self, ref: ObjectRef, sentence: str, cause: Cause | None, evidence: Sequence[str]) -> None:
        super().__init__(sentence)
        self.ref = ref
        self.sentence = sentence
        self.cause = cause
        self.evidence = tuple(evidence)

    def as_found(self) -> WorldFailed:
        """The error for a workload that was not well before we came, and that we did not touch."""
        cause = self.cause
        message = f"{self.sentence} Nothing was changed: it was like this before."
        return WorldFailed(
            message,
            remedy=cause.remedy if cause else None,
            cause=cause.id if cause else None,
            evidence=self.evidence,
        )


def await_rollout(ctx: StepContext, ref: ObjectRef, longest: Duration) -> str:
    """Watch a workload until its rollout is complete; gives the last summary.

    Args:
        ctx: the step's context.
        ref: the workload.
        longest: how long the rollout may take.

    Raises:
        RolloutFailed: it cannot complete, or did not within its time.
    """
    try:
        decision = ctx.follow_workload(ref, longest)
    except (Cancelled, TimedOut):
        ctx.warn(
            f"The rollout of {ref} was neither finished nor undone: the cluster goes on with it. Run again to see it."
        )
        raise
    if decision.state == "succeeded":
        return decision.verdict.summary
    raise _failed(ctx, ref, decision, longest)


def roll_back(ctx: StepContext, failed: RolloutFailed, befores: Sequence[Before], longest: Duration) -> CdkitError:
    """Put everything back, the newest first, and give the error that tells of both the failure and the undoing.

    Args:
        ctx: the step's context.
        failed: why the rollout failed; its evidence was gathered before anything is put back.
        befores: the objects as they were.
        longest: how long the workloads may take to run again as before.
    """
    done: list[str] = []
    try:
        for before in reversed(befores):
            done.append(put_back(ctx.cluster, before))
            ctx.say(done[-1])
        for before in befores:
            if before.live is not None and before.ref.kind == failed.ref.kind:
                await_rollout(ctx, before.ref, longest)
    except (RolloutFailed, CdkitError) as error:
        message = f"{failed.sentence} It could not be rolled back: {error}"
        return _with_evidence(RollbackFailed, message, failed, done)
    existed = any(before.live is not None and before.ref == failed.ref for before in befores)
    undone = "It was rolled back: what ran before is running." if existed else "What was created has been removed."
    return _with_evidence(RolledBack, f"{failed.sentence} {undone}", failed, done)


def _with_evidence(
    kind: Callable[..., CdkitError], message: str, failed: RolloutFailed, done: Sequence[str]
) -> CdkitError:
    cause = failed.cause
    return kind(
        message,
        remedy=cause.remedy if cause else None,
        cause=cause.id if cause else None,
        evidence=[*failed.evidence, *done],
    )


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
