"""The whole of the step: all its pods, what killed runs have left, and what comes of it."""

from __future__ import annotations

import msgspec

from cdkit.api import StepContext, TestReport
from cdkit_pods.choice import runtime_for
from cdkit_pods.conduct.attempts import pods_of, settle_undecided
from cdkit_pods.conduct.conclusion import concluded
from cdkit_pods.conduct.places import artifact_folder, relative_to_workspace
from cdkit_pods.conduct.shards import run_shards
from cdkit_pods.conduct.sweep import Sweep
from cdkit_pods.options.test_pod import TestPodOptions
from cdkit_pods.runtime import Runtime


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """Tests that have passed.

    Attributes:
        pods: the names of the pods that ran them.
        artifacts: the folder of what they left, relative to the workspace; empty when they were to leave nothing.
        report: what they found; of no tests where no reports are read.
    """

    pods: tuple[str, ...]
    artifacts: str = ""
    report: TestReport = TestReport()


def run_tests(ctx: StepContext, options: TestPodOptions, runtime: Runtime | None = None) -> Ended:
    """Run the tests in all their pods, and remove what earlier runs have left.

    Args:
        ctx: the step.
        options: of the step.
        runtime: where the pods run; as the options say when left out.

    Raises:
        CdkitError: the tests did not pass, or could not be run; the reason of the step's cancellation.
    """
    runtime = runtime or runtime_for(ctx, options.runtime)
    folder = artifact_folder(ctx, options)
    sweep = Sweep(ctx, runtime)
    sweep.begin()
    try:
        shards = run_shards(ctx, runtime, options, folder)
        conclusion = concluded(ctx, options, shards, folder)
        settle_undecided(shards, options, conclusion.error)
    finally:
        sweep.finish()
    if conclusion.error is not None:
        raise conclusion.error
    return Ended(
        pods=tuple(pods_of(shards)),
        artifacts=relative_to_workspace(ctx, folder) if options.artifacts else "",
        report=conclusion.report or TestReport(),
    )
