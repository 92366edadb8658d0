"""Puts the attempts of all shards together: one report, one verdict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from cdkit.api import CdkitError, StepContext, TestCase, TestReport
from cdkit_pods.conduct.attempts import Attempt, with_cause
from cdkit_pods.options.test_pod import TestPodOptions
from cdkit_pods.results import Reading, failed_tests, merge_attempts, no_tests, report_of, write_junit
from cdkit_pods.verdict import verdict_of, worst

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
    report = _reported(ctx, shards, folder) if options.junit else None
    error = _error(options, shards, report)
    if error is None:
        for warning in _warnings(shards, report):
            ctx.warn(warning)
    return Conclusion(report=report, error=error)


def _reported(ctx: StepContext, shards: Shards, folder: Path) -> TestReport:
    cases: list[TestCase] = []
    for made in shards:
        cases += merge_attempts([attempt.reading.cases for attempt in made])
    file = ""
    if cases:
        path = folder / "junit.xml"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_junit(cases, path, ctx.holds_secret)
        file = relative_to_workspace(ctx, path)
    report = report_of(cases, file)
    ctx.report_tests(report)
    return report


def _error(options: TestPodOptions, shards: Shards, report: TestReport | None) -> CdkitError | None:
    """The heaviest of the shards' errors, in the words of the report where that has the tests that failed."""
    errors = [made[-1].error for made in shards]
    error = worst(errors)
    if error is not None and verdict_of(error) != "failed":
        return _beside_others(error, errors)
    failing = failed_tests(report) if report is not None else None
    if failing is not None:
        return with_cause(failing, error.cause if error is not None else "tests-failed")
    if error is not None:
        return _beside_others(error, errors)
    return _error_of_none(options, shards) if options.junit and options.no_tests == "fail" else None


def _error_of_none(options: TestPodOptions, shards: Shards) -> CdkitError | None:
    """Why a step without any test fails; None when there is one."""
    missing = no_tests(_together(shards), options.junit)
    if missing is None:
        return None
    missing.evidence = shards[0][-1].last_lines or ("the tests printed nothing",)
    return with_cause(missing, "no-tests")


def _beside_others(error: CdkitError, errors: Sequence[CdkitError | None]) -> CdkitError:
    """The error, with what ended the other shards as further evidence."""
    others = [
        f"shard {number}: {other.message}"
        for number, other in enumerate(errors)
        if other is not None and other is not error
    ]
    error.evidence = (*error.evidence, *others)
    return error


def _together(shards: Shards) -> Reading:
    """All that was read, for the question whether there was any test at all."""
    readings = [attempt.reading for made in shards for attempt in made]
    return Reading(
        cases=tuple(case for reading in readings for case in reading.cases),
        files=tuple(file for reading in readings for file in reading.files),
        broken=tuple(broken for reading in readings for broken in reading.broken),
        others=tuple(other for reading in readings for other in reading.others),
    )


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


def relative_to_workspace(ctx: StepContext, path: Path) -> str:
    """A path as later steps read it: relative to the workspace where it is in there."""
    return str(path.relative_to(ctx.workspace)) if path.is_relative_to(ctx.workspace) else str(path)
