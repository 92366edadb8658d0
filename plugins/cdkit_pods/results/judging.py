"""When what the tests found fails the step, and how that is said."""

from __future__ import annotations

from collections.abc import Sequence

from cdkit.api import TestCase, TestReport, WorkFailed, WorldFailed
from cdkit_pods.results.excerpt import excerpt
from cdkit_pods.results.reading import LARGEST, Reading

MOST_NAMED = 3
MOST_EVIDENCE = 20
"""Tests that are named in the message, and told of below it; the report has all."""

LONGEST_TITLE = 200
"""Characters of a name in the message."""


def failed_tests(report: TestReport) -> WorkFailed | None:
    """The error of tests that failed; None when none did."""
    failing = report.failed + report.broken
    if not failing:
        return None
    shown = report.failing
    names = ", ".join(excerpt(case.title, LONGEST_TITLE).replace("\n", " ") for case in shown[:MOST_NAMED])
    more = f" and {failing - MOST_NAMED} more" if failing > MOST_NAMED else ""
    evidence = [_line(case) for case in shown[:MOST_EVIDENCE]]
    if failing > len(evidence):
        evidence.append(f"... and {failing - len(evidence)} more")
    message = f"{failing} of {_tests(report.total)} failed: {names}{more}."
    return WorkFailed(message, remedy=f"Repair them; {_where(report)} has all that they said.", evidence=evidence)


def no_tests(reading: Reading, patterns: Sequence[str]) -> WorkFailed | None:
    """The error of a run that reported no test at all; None when it reported one, or is `broken` anyway.

    Args:
        reading: what was read of all attempts and shards.
        patterns: those that were asked for.
    """
    if reading.cases or reading.broken:
        return None
    remedy = "Have the tests write JUnit XML into a folder of `artifacts`; `no_tests: pass` takes none for a success."
    if reading.files:
        return WorkFailed(f"No tests were run: {_listed(reading.files)} holds none.", remedy=remedy)
    meant = _listed(patterns)
    if reading.others:
        found = ", ".join(f"{other.file} (<{other.root}>)" for other in reading.others[:MOST_NAMED])
        message = f"No tests were reported: of the files that match {meant} none is JUnit XML, but {found}."
        return WorkFailed(message, remedy=remedy)
    return WorkFailed(f"No tests were reported: no file of the artifacts matches {meant}.", remedy=remedy)


def reports_broken(reading: Reading) -> WorldFailed | None:
    """The error of reports that cannot be read: nobody knows whether their tests passed. None when all could be."""
    if not reading.broken:
        return None
    first, *more = reading.broken
    others = f" So it is with {len(more)} more." if more else ""
    return WorldFailed(
        f"A report of the tests cannot be read, so nobody knows how they ended: {first}{others}",
        remedy="See whether the tests came to their end, for a run that was killed leaves half a file; "
        f"a report may have {LARGEST // 1_000_000} MB.",
        cause="report-unreadable",
        evidence=[str(broken) for broken in more[:MOST_EVIDENCE]],
    )


def _line(case: TestCase) -> str:
    message = f": {case.message}" if case.message else ""
    return f"{case.title}{message}"


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return f"{', '.join(names[:MOST_NAMED])}{more}"


def _tests(number: int) -> str:
    return f"{number} test{'' if number == 1 else 's'}"


def _where(report: TestReport) -> str:
    return report.file or "the log"
