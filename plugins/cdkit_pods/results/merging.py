"""One result for each test of all that reported any: files, shards, attempts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from cdkit.api import Outcome, TestCase, TestReport
from cdkit_pods.results.excerpt import excerpt

MOST_REPORTED = 10_000
"""Tests of a report; more are only counted."""

DETAILS_REPORTED = 4_000
ALL_DETAILS_REPORTED = 1_000_000
"""Characters of one test's details, and of all together."""

_FIRST: tuple[Outcome, ...] = ("failed", "broken", "flaky", "skipped", "passed")
_Name = tuple[str, str, int | None]


def merge_attempts(attempts: Sequence[Iterable[TestCase]]) -> tuple[TestCase, ...]:
    """The tests of several attempts, of which all but the first may hold only some; the first attempt's order stays.

    A test that failed and then passed is `flaky`; one that failed and did not come again stays as it was, and so does
    one that was left out then. Where several tests share a name, and not all of them came again, nobody knows which
    ones did: a pass of those proves nothing.

    Args:
        attempts: the cases of each, the first attempt first.
    """
    merged: dict[_Name, list[TestCase]] = {}
    for cases in attempts:
        for name, again in _by_name(cases).items():
            known = merged.setdefault(name, [])
            if not known:
                known += again
            elif len(known) == len(again):
                known[:] = [_tried_again(*pair) for pair in zip(known, again, strict=True)]
            else:
                known += [case for number, case in enumerate(again) if case.has_failed or number >= len(known)]
    return tuple(case for cases in merged.values() for case in cases)


def report_of(cases: Iterable[TestCase], file: str = "") -> TestReport:
    """The report of all tests of a step.

    Args:
        cases: all of them, with their final outcomes.
        file: the merged JUnit file, relative to the workspace.
    """
    known = tuple(cases)
    count = Counter(case.outcome for case in known)
    ordered = sorted(known, key=lambda case: _FIRST.index(case.outcome))
    return TestReport(
        total=len(known),
        passed=count["passed"],
        failed=count["failed"],
        broken=count["broken"],
        skipped=count["skipped"],
        flaky=count["flaky"],
        seconds=sum(case.seconds for case in known),
        cases=_bounded(ordered[:MOST_REPORTED]),
        file=file,
    )


def attempts_as_one(cases: Sequence[TestCase]) -> list[TestCase]:
    """The cases of one file whose tool gives no two tests the same name: what comes again is a further attempt."""
    merged: dict[_Name, TestCase] = {}
    for case in cases:
        name = _name(case)
        merged[name] = _tried_again(merged[name], case) if name in merged else case
    return list(merged.values())


def _by_name(cases: Iterable[TestCase]) -> dict[_Name, list[TestCase]]:
    named: defaultdict[_Name, list[TestCase]] = defaultdict(list)
    for case in cases:
        named[_name(case)].append(case)
    return named


def _name(case: TestCase) -> _Name:
    return case.group, case.name, case.shard


def _tried_again(before: TestCase, after: TestCase) -> TestCase:
    attempts = (*_attempts(before), *_attempts(after))
    seconds = before.seconds + after.seconds
    had_failed = before.has_failed or before.outcome == "flaky"
    if after.has_failed:
        return replace(after, seconds=seconds, attempts=attempts)
    if had_failed and after.outcome in {"passed", "flaky"}:
        return replace(before, outcome="flaky", seconds=seconds, attempts=attempts)
    if had_failed:
        return replace(before, seconds=seconds, attempts=attempts)
    return replace(after, seconds=seconds, attempts=attempts if after.outcome == "flaky" else ())


def _attempts(case: TestCase) -> tuple[Outcome, ...]:
    return case.attempts or (case.outcome,)


def _bounded(cases: Sequence[TestCase]) -> tuple[TestCase, ...]:
    """The cases with as much of their details as fits; the first ones get theirs."""
    room = ALL_DETAILS_REPORTED
    bounded = []
    for case in cases:
        details = excerpt(case.details, min(DETAILS_REPORTED, max(room, 0)))
        room -= len(details)
        bounded.append(case if details is case.details else replace(case, details=details))
    return tuple(bounded)
