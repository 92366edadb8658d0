"""`run-test-pod`: tests in a pod, on a cluster or on an engine."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from msgspec import Meta

from cdkit.api import Change, Problem, Step, StepContext, StepOutputs
from cdkit_pods.kubernetes.permissions import ALWAYS
from cdkit_pods.options.test_pod import TestPodOptions


class RunTestPod(Step):
    """Run tests in a pod with what they depend on, show its logs, bring out its results, and remove it."""

    name = "run-test-pod"
    permissions = ALWAYS

    class Options(TestPodOptions, frozen=True, kw_only=True):
        """What to run in the pod."""

    class Outputs(StepOutputs, frozen=True, kw_only=True):
        """How the tests ended."""

        pod: Annotated[
            str, Meta(description="The pod's name, for its events; the pod itself is gone. Of several, all.")
        ]
        exit_code: Annotated[int, Meta(description="The exit code, which is 0: any other fails the step.")]
        verdict: Annotated[str, Meta(description="`passed`, for anything else fails the step.")] = "passed"
        tests: Annotated[int, Meta(description="How many tests there were, by their reports.")] = 0
        failed: Annotated[int, Meta(description="How many of them failed: 0.")] = 0
        flaky: Annotated[int, Meta(description="How many failed, and passed when they were tried again.")] = 0
        skipped: Annotated[int, Meta(description="How many were left out.")] = 0
        artifacts: Annotated[str, Meta(description="The folder that the artifacts are in; empty without any.")] = ""
        report: Annotated[str, Meta(description="The JUnit file of all tests; empty without any.")] = ""

    options: Options

    def check(self, ctx: StepContext) -> Iterable[Problem]:
        """The files are there, no secret would be seen, and the runtime can run such a pod."""
        from cdkit_pods.conduct.before import problems

        return problems(ctx, self.options)

    def plan(self, ctx: StepContext) -> Iterable[Change]:
        """The pods that would come and go."""
        from cdkit_pods.conduct.before import changes

        return changes(ctx, self.options)

    def run(self, ctx: StepContext) -> Outputs:
        """Run the tests to their end.

        Raises:
            WorkFailed: tests failed, or there were none.
            WorldFailed: the pod could not run them.
            TimedOut: they took too long.
        """
        from cdkit_pods.conduct.whole import run_tests

        ended = run_tests(ctx, self.options)
        report = ended.report
        return self.Outputs(
            pod=", ".join(ended.pods),
            exit_code=0,
            tests=report.total,
            failed=report.failed + report.broken,
            flaky=report.flaky,
            skipped=report.skipped,
            artifacts=ended.artifacts,
            report=report.file,
        )
