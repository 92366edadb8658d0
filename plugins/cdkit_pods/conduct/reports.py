"""What the reports of the tests add to how their pods have ended. Loaded only where reports are read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cdkit.api import CdkitError, StepContext, TestCase, TestReport, WorkFailed
from cdkit_pods.conduct.places import MERGED, relative_to_workspace
from cdkit_pods.options.test_pod import TestPodOptions
from cdkit_pods.results import (
    Reading,
    failed_tests,
    merge_attempts,
    no_tests,
    read_reports,
    report_of,
    reports_broken,
    write_junit,
)
from cdkit_pods.verdict import verdict_of

Readings = Sequence[Sequence[Reading]]
"""What was read of the attempts of each shard."""


def reading_of(ctx: StepContext, options: TestPodOptions, folder: Path, shard: int | None) -> Reading:
    """What the reports of one pod say; a pattern without a slash is meant for any folder."""
    patterns = [pattern if "/" in pattern else f"**/{pattern}" for pattern in options.junit]
    return read_reports(folder, patterns, workspace=ctx.workspace, shard=shard)


def error_of_attempt(error: CdkitError | None, reading: Reading, last_lines: Sequence[str]) -> CdkitError | None:
    """Why one attempt is no success, after a look at its reports; None when it is one.

    That there were no tests at all, one pod of several cannot know.

    Args:
        error: how its pod has ended.
        reading: what its reports say.
        last_lines: what the tests printed last, for evidence.
    """
    report = report_of(reading.cases)
    if error is not None:
        return in_names_of_tests(error, report)
    if unreadable := reports_broken(reading):
        unreadable.evidence = (*unreadable.evidence, *_printed(last_lines))
        return unreadable
    return error_of_failing(report, "tests-failed")


def is_doubtful(readings: Sequence[Reading]) -> bool:
    """Whether attempts of which the last is no failure may be one together: a test did not come again, or none came."""
    cases = merge_attempts([reading.cases for reading in readings])
    return not cases or any(case.has_failed for case in cases)


def error_of_failing(report: TestReport, cause: str | None) -> WorkFailed | None:
    """The error of the tests that failed, by their names; None when none did."""
    return _caused(failed_tests(report), cause)


def in_names_of_tests(error: CdkitError, report: TestReport) -> CdkitError:
    """An error; where tests have failed and the report has them, that of these tests by their names."""
    if verdict_of(error) != "failed":
        return error
    return error_of_failing(report, error.cause) or error


def error_of_none(options: TestPodOptions, readings: Readings, last_lines: Sequence[str]) -> WorkFailed | None:
    """Why a step without any test fails; None when there is one, or need not be.

    Args:
        options: of the step.
        readings: of all pods.
        last_lines: what the tests printed last, for evidence.
    """
    if options.no_tests == "pass":
        return None
    error = no_tests(_together([reading for shard in readings for reading in shard]), options.junit)
    if error is not None:
        error.evidence = _printed(last_lines)
    return _caused(error, "no-tests")


def _printed(last_lines: Sequence[str]) -> tuple[str, ...]:
    return tuple(last_lines) or ("the tests printed nothing",)


def reported(ctx: StepContext, readings: Readings, folder: Path) -> TestReport:
    """The report of all tests, shown, and written into `folder` as one file; of none, nothing is shown."""
    cases: list[TestCase] = []
    for shard in readings:
        cases += merge_attempts([reading.cases for reading in shard])
    if not cases:
        return report_of(cases)
    folder.mkdir(parents=True, exist_ok=True)
    write_junit(cases, folder / MERGED, ctx.holds_secret)
    report = report_of(cases, relative_to_workspace(ctx, folder / MERGED))
    ctx.report_tests(report)
    return report


def _caused(error: WorkFailed | None, cause: str | None) -> WorkFailed | None:
    if error is not None:
        error.cause = error.cause or cause
    return error


def _together(readings: Sequence[Reading]) -> Reading:
    return Reading(
        cases=tuple(case for reading in readings for case in reading.cases),
        files=tuple(file for reading in readings for file in reading.files),
        broken=tuple(broken for reading in readings for broken in reading.broken),
        others=tuple(other for reading in readings for other in reading.others),
    )
