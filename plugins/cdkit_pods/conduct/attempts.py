"""The pods of one shard, one after the other: the first attempt, and further ones for tests that failed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from cdkit.api import CdkitError, StepContext
from cdkit_pods.conduct.conductor import conduct
from cdkit_pods.conduct.ended_pod import EndedPod, Keeping
from cdkit_pods.conduct.occasion import occasion
from cdkit_pods.options.test_pod import TestPodOptions
from cdkit_pods.options.translate import pod_plan
from cdkit_pods.plan import PodPlan
from cdkit_pods.runtime import Runtime
from cdkit_pods.verdict import verdict_of

if TYPE_CHECKING:
    from cdkit_pods.results import Reading


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt of one shard.

    Attributes:
        pod: the pod's name; empty when it could not be made.
        reading: what its reports say; None where none are read.
        error: why it is no success, after a look at the reports; None when it is one.
        last_lines: what the tests printed last.
        undecided: the pod, when only the reports of all pods can tell whether it is kept.
    """

    pod: str
    reading: Reading | None = None
    error: CdkitError | None = None
    last_lines: tuple[str, ...] = ()
    undecided: EndedPod | None = None

    @property
    def failed_tests(self) -> tuple[str, ...]:
        """The names of the tests that failed."""
        cases = self.reading.cases if self.reading is not None else ()
        return tuple(case.title for case in cases if case.has_failed)


def attempts(
    ctx: StepContext, runtime: Runtime, options: TestPodOptions, shard: int, folder: Path
) -> tuple[Attempt, ...]:
    """All attempts of one shard. Only tests that fail are tried again: what is broken would be so again.

    Args:
        ctx: the step.
        runtime: where the pods run.
        options: of the step.
        shard: which one, from 0.
        folder: for its artifacts; further attempts have folders of their own in it.
    """
    most = 1 + options.retry_failed
    made: list[Attempt] = []
    for number in range(1, most + 1):
        failed_tests = made[-1].failed_tests if made else ()
        plan = pod_plan(options, occasion(ctx, shard, number, failed_tests))
        place = folder if number == 1 else folder / f"attempt-{number}"
        keeping = Keeping(options.keep, options.keep_for, is_tried_again=number < most)
        made.append(_attempt(ctx, runtime, options, plan, place, keeping, made))
        error = made[-1].error
        if error is None or verdict_of(error) != "failed":
            break
        if number < most:
            ctx.warn(f"Attempt {number} of {most} failed: {error.message} The tests are tried again.")
    return tuple(made)


def _attempt(
    ctx: StepContext,
    runtime: Runtime,
    options: TestPodOptions,
    plan: PodPlan,
    folder: Path,
    keeping: Keeping,
    earlier: Sequence[Attempt],
) -> Attempt:
    try:
        pod = conduct(ctx, runtime, plan, folder)
    except CdkitError as error:
        return Attempt(pod="", error=error)
    attempt = _judged(ctx, options, plan, folder, pod)
    if attempt.error is None and _may_fail_yet([*earlier, attempt]):
        return msgspec.structs.replace(attempt, undecided=pod)
    pod.settle(keeping, attempt.error)
    return attempt


def _judged(ctx: StepContext, options: TestPodOptions, plan: PodPlan, folder: Path, pod: EndedPod) -> Attempt:
    """A pod and what its reports say."""
    if not options.junit:
        return Attempt(pod=pod.name, error=pod.error)
    from cdkit_pods.conduct.reports import error_of_attempt, reading_of

    reading = reading_of(ctx, options, folder, plan.shard)
    failure = error_of_attempt(pod.error or pod.lost, reading, pod.last_lines)
    return Attempt(pod=pod.name, reading=reading, error=failure, last_lines=pod.last_lines)


def _may_fail_yet(made: Sequence[Attempt]) -> bool:
    """Whether the reports of all attempts, or of all shards, may say otherwise than the last pod of these."""
    readings = [attempt.reading for attempt in made if attempt.reading is not None]
    if not readings:
        return False
    from cdkit_pods.conduct.reports import is_doubtful

    return is_doubtful(readings)


def settle_undecided(shards: Sequence[Sequence[Attempt]], options: TestPodOptions, error: CdkitError | None) -> None:
    """Keep or remove the pods for which the verdict on the whole step had to be waited for.

    Args:
        shards: the attempts of each.
        options: of the step.
        error: why the step fails; None when it does not.
    """
    for attempt in (attempt for made in shards for attempt in made):
        if attempt.undecided is not None:
            attempt.undecided.settle(Keeping(options.keep, options.keep_for), error)


def pods_of(shards: Sequence[Sequence[Attempt]]) -> list[str]:
    """The names of all pods that were made, shard by shard."""
    return [attempt.pod for made in shards for attempt in made if attempt.pod]
