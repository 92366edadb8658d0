"""What a step has found holds until another one works, and no longer."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from cdkit.findings import Findings


class Seen(NamedTuple):
    """What a step has seen."""

    what: str


class Counted(NamedTuple):
    """What a step has counted."""

    number: int


@pytest.fixture
def findings() -> Findings:
    """Both steps have seen something in their checks."""
    findings = Findings()
    findings.keep("a", Seen("one"))
    findings.keep("b", Seen("two"))
    return findings


def seen(findings: Findings) -> list[str | None]:
    found = (findings.kept(step, Seen) for step in "ab")
    return [each and each.what for each in found]


def test_each_step_has_its_own_findings_and_the_last_of_a_class(findings: Findings) -> None:
    findings.keep("a", Counted(1))
    findings.keep("a", Seen("three"))
    assert seen(findings) == ["three", "two"]
    assert findings.kept("a", Counted) == Counted(1)
    assert findings.kept("b", Counted) is None


def test_a_step_that_begins_takes_its_own_findings_with_it_and_ends_those_of_the_others(findings: Findings) -> None:
    findings.begin("a")
    assert seen(findings) == ["one", None]


def test_nothing_holds_past_the_end_of_a_step(findings: Findings) -> None:
    findings.begin("a")
    findings.keep("b", Seen("in the middle of it"))
    assert seen(findings) == ["one", None], "another step is at work"
    findings.end("a")
    assert seen(findings) == [None, None]
    findings.keep("b", Seen("behind it"))
    assert seen(findings) == [None, "behind it"]


def test_a_step_that_ends_without_having_begun_has_changed_nothing(findings: Findings) -> None:
    findings.end("a")
    assert seen(findings) == ["one", "two"]


def test_a_step_forgets_only_its_own(findings: Findings) -> None:
    findings.forget("a")
    assert seen(findings) == [None, "two"]
