"""One result of several attempts, shards and files: nothing that failed is lost, and nothing unproven passes."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from cdkit.api import Outcome, TestCase
from cdkit_pods.results import merge_attempts, report_of
from cdkit_pods.results.merging import ALL_DETAILS_REPORTED, DETAILS_REPORTED, MOST_REPORTED

OUTCOMES = st.sampled_from(["passed", "failed", "broken", "skipped"])


def case(name: str, outcome: Outcome = "passed", **more: object) -> TestCase:
    return replace(TestCase(name=name, group="g", outcome=outcome, seconds=1.0), **more)


def test_a_test_that_fails_and_then_passes_is_flaky_and_says_why_it_failed() -> None:
    first = [case("a"), case("b", "failed", message="no", details="trace", file="t.py", line=3)]
    merged = merge_attempts([first, [case("b")]])
    assert merged[0] == case("a")
    assert merged[1] == replace(first[1], outcome="flaky", seconds=2.0, attempts=("failed", "passed"))


def test_a_test_that_fails_again_says_what_it_said_last() -> None:
    merged = merge_attempts([[case("a", "failed", message="first")], [case("a", "broken", message="second")]])
    assert merged == (case("a", "broken", message="second", seconds=2.0, attempts=("failed", "broken")),)


def test_a_failure_that_does_not_come_again_stays() -> None:
    failed = case("a", "failed", message="no")
    assert merge_attempts([[failed], []]) == (failed,)
    (again,) = merge_attempts([[failed], [case("a", "skipped")]])
    assert again.outcome == "failed"
    assert again.attempts == ("failed", "skipped")


def test_a_test_that_only_a_later_attempt_knows_is_there_too() -> None:
    assert [found.name for found in merge_attempts([[case("a", "failed")], [case("a"), case("b", "failed")]])] == [
        "a",
        "b",
    ]


def test_of_tests_that_share_a_name_a_pass_proves_nothing_unless_all_come_again() -> None:
    first = [case("a"), case("a", "failed")]
    assert [found.outcome for found in merge_attempts([first, [case("a")]])] == ["passed", "failed"]
    assert [found.outcome for found in merge_attempts([first, [case("a"), case("a")]])] == ["passed", "flaky"]
    assert [found.outcome for found in merge_attempts([first, [case("a", "failed")]])] == ["passed", "failed", "failed"]


def test_the_same_test_of_another_shard_is_another_test() -> None:
    merged = merge_attempts([[case("a", "failed", shard=0), case("a", shard=1)], [case("a", shard=1)]])
    assert [(found.outcome, found.shard) for found in merged] == [("failed", 0), ("passed", 1)]


def test_flaky_attempts_of_the_tool_itself_are_counted_on() -> None:
    flaky = case("a", "flaky", attempts=("failed", "passed"))
    (merged,) = merge_attempts([[flaky], [case("a", "failed")], [case("a")]])
    assert merged.outcome == "flaky"
    assert merged.attempts == ("failed", "passed", "failed", "passed")


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(st.tuples(st.sampled_from("ab"), OUTCOMES), max_size=4), min_size=1, max_size=4))
def test_nothing_passes_that_failed_last_and_nothing_is_lost(attempts: list[list[tuple[str, Outcome]]]) -> None:
    merged = merge_attempts([[case(name, outcome) for name, outcome in attempt] for attempt in attempts])
    for name in {name for attempt in attempts for name, _ in attempt}:
        mine = [found for found in merged if found.name == name]
        told = [[outcome for told_name, outcome in attempt if told_name == name] for attempt in attempts]
        assert len(mine) >= max(map(len, told))
        last = next(outcomes for outcomes in reversed(told) if outcomes)
        failures = sum(outcome in {"failed", "broken"} for outcome in last)
        assert sum(found.has_failed for found in mine) >= failures
        if any(outcome in {"failed", "broken"} for outcomes in told for outcome in outcomes):
            assert any(found.outcome != "passed" for found in mine)


def test_a_report_counts_all_and_begins_with_what_failed() -> None:
    report = report_of([case("a"), case("b", "skipped"), case("c", "flaky"), case("d", "broken"), case("e", "failed")])
    assert (report.total, report.passed, report.failed, report.broken, report.skipped, report.flaky) == (
        5,
        1,
        1,
        1,
        1,
        1,
    )
    assert [found.name for found in report.cases] == ["e", "d", "c", "b", "a"]
    assert report.seconds == 5.0
    assert [found.name for found in report.failing] == ["e", "d"]


def test_a_report_stays_small_however_much_the_tests_say() -> None:
    many = [case(str(number), "failed", details="x" * 50_000) for number in range(MOST_REPORTED + 10)]
    report = report_of(many)
    assert report.failed == MOST_REPORTED + 10
    assert len(report.cases) == MOST_REPORTED
    assert len(report.cases[0].details) < DETAILS_REPORTED + 100
    assert sum(len(found.details) for found in report.cases) < ALL_DETAILS_REPORTED + 100
