"""Puts the attempts of all shards together: one report, one verdict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from cdkit.api import CdkitError, StepContext, TestReport
from cdkit_pods.conduct.attempts import Attempt
from cdkit_pods.options.test_pod import TestPodOptions
from cdkit_pods.verdict import worst

Shards = Sequence[Sequence[Attempt]]
"""The attempts of each shard, in their order."""

MOST_NAMED = 5
"""Flaky tests that a warning names; the report has all."""


class Conclusion(msgspec.Struct, frozen=True, kw_only=True):
    """What came of the step.

    Attributes:
        report: of all tests; None where no reports are read.
        error: why the step fails; None when it does not.
    """

    report: TestReport | None = None
    error: CdkitError | None = None


def concluded(ctx: StepContext, options: TestPodOptions, shards: Shards, folder: Path) -> Conclusion:
    """One report and one verdict of all pods; the report is shown, and flaky tests are warned of.

    Args:
        ctx: the step.
        options: of the step.
        shards: what came of each.
        folder: for the merged JUnit file.
    """
    errors = [made[-1].error for made in shards]
    error = worst(errors)
    conclusion = Conclusion(error=_beside_others(error, errors) if error is not None else None)
    if options.junit:
        conclusion = _with_reports(ctx, options, shards, folder, error)
    if conclusion.error is None:
        for warning in _warnings(shards, conclusion.report):
            ctx.warn(warning)
    return conclusion


def _with_reports(
    ctx: StepContext, options: TestPodOptions, shards: Shards, folder: Path, error: CdkitError | None
) -> Conclusion:
    """The report, and the error in its words where it has the tests that failed, or none at all."""
    from cdkit_pods.conduct.reports import error_of_failing, error_of_none, in_names_of_tests, reported

    readings = [[attempt.reading for attempt in made if attempt.reading is not None] for made in shards]
    report = reported(ctx, readings, folder)
    if error is None:
        last_lines = shards[0][-1].last_lines
        error = error_of_failing(report, "tests-failed") or error_of_none(options, readings, last_lines)
    else:
        error = in_names_of_tests(error, report)
    return Conclusion(report=report, error=error)


def _beside_others(error: CdkitError, errors: Sequence[CdkitError | None]) -> CdkitError:
    """The error, with what ended the other shards as further evidence."""
    others = {number: other for number, other in enumerate(errors) if other is not None and other is not error}
    error.evidence = (*error.evidence, *(f"shard {number}: {other.message}" for number, other in others.items()))
    return error


def _warnings(shards: Shards, report: TestReport | None) -> Iterator[str]:
    """What passed only when it was tried again."""
    flaky = [case.title for case in report.cases if case.outcome == "flaky"] if report is not None else []
    if flaky:
        more = f" and {len(flaky) - MOST_NAMED} more" if len(flaky) > MOST_NAMED else ""
        yield f"Flaky, for they failed and then passed: {', '.join(flaky[:MOST_NAMED])}{more}."
        return
    for made in shards:
        if len(made) > 1 and made[0].error is not None:
            yield f"The tests are flaky: they passed at attempt {len(made)}. Before: {made[0].error.message}"
