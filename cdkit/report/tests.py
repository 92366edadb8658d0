"""What tests have found, in words: how many, and which of them a person wants to know of."""

from __future__ import annotations

from collections.abc import Sequence

from cdkit.models.duration import Duration
from cdkit.models.plain_text import plain_line
from cdkit.models.problem import Position
from cdkit.models.test_report import TestCase, TestReport

_COUNTED = ("passed", "failed", "broken", "flaky", "skipped")


def counts(report: TestReport) -> str:
    """`42 tests: 39 passed, 1 failed, 2 skipped in 3.2 s`."""
    if not report.total:
        return "no tests"
    told = ", ".join(f"{number} {word}" for word in _COUNTED if (number := getattr(report, word)))
    return f"{report.total} {'test' if report.total == 1 else 'tests'}: {told} in {Duration(report.seconds)}"


def noteworthy(report: TestReport, most: int) -> Sequence[TestCase]:
    """The tests that did not pass, or not at once; at most so many, those that failed first."""
    return [case for case in report.cases if case.has_failed or case.outcome == "flaky"][:most]


def left_out(report: TestReport, shown: Sequence[TestCase]) -> str:
    """What is said below those that are shown when there are more: `and 17 more in FILE`; empty when there are not."""
    more = report.failed + report.broken + report.flaky - len(shown)
    return f"and {more} more{f' in {report.file}' if report.file else ''}" if more > 0 else ""


def title(case: TestCase) -> str:
    """By which name a person knows a test."""
    return f"{case.title}{f' (shard {case.shard})' if case.shard is not None else ''}"


def place(case: TestCase) -> str:
    """`tests/test_shop.py:12`; empty when it is not known."""
    return f"{case.file}:{case.line}" if case.file and case.line else case.file


def position(case: TestCase) -> Position | None:
    """The same for an annotation."""
    file = plain_line(case.file)
    return Position(file, case.line or 1, 1) if file else None


def ending(case: TestCase) -> str:
    """How a test ended that did not simply pass: `failed`, `failed, then broken`, `flaky (failed, then passed)`."""
    attempts = ", then ".join(case.attempts)
    return f"flaky ({attempts})" if case.outcome == "flaky" and attempts else attempts or case.outcome
