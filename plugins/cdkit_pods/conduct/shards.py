"""The shards of a step: pods that share the tests among them."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from cdkit.api import StepContext, ask_all
from cdkit_pods.conduct.attempts import Attempt, attempts
from cdkit_pods.options.test_pod import TestPodOptions
from cdkit_pods.runtime import Runtime


def run_shards(ctx: StepContext, runtime: Runtime, options: TestPodOptions, folder: Path) -> list[tuple[Attempt, ...]]:
    """What came of each shard. None ends another: all that fails is worth knowing.

    Args:
        ctx: the step.
        runtime: where the pods run.
        options: of the step.
        folder: for artifacts; with several shards each has a folder of its own in it.

    Raises:
        CdkitError: the reason of the step's cancellation.
    """
    if options.shards == 1:
        made = [attempts(ctx, runtime, options, 0, folder)]
    else:
        numbers = range(options.shards)
        questions = [partial(attempts, ctx, runtime, options, each, folder / f"shard-{each}") for each in numbers]
        made = ask_all(questions, options.parallel or options.shards)
    ctx.cancellation.raise_if_cancelled()
    return made
