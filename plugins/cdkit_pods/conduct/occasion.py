"""Which of the pods of a step it is, as far as the step's context tells."""

from __future__ import annotations

from collections.abc import Sequence

from cdkit.api import StepContext
from cdkit_pods.options.translate import Occasion


def occasion(ctx: StepContext, shard: int = 0, attempt: int = 1, failed_tests: Sequence[str] = ()) -> Occasion:
    """The occasion of one pod; the other parameters are as of `Occasion`."""
    return Occasion(
        step=ctx.step,
        run_id=ctx.run_id,
        application=ctx.application,
        is_secret=ctx.holds_secret,
        is_file=lambda path: ctx.path(path).is_file(),
        shard=shard,
        attempt=attempt,
        failed_tests=failed_tests,
    )
