"""Several calls at once: all are made, and the answers come in the order of the calls."""

from __future__ import annotations

import threading

import pytest

from cdkit.flow.parallel import ask_all, both, do_all


def test_the_answers_come_in_the_order_of_the_calls() -> None:
    assert ask_all([lambda n=n: n * n for n in range(100)], most=7) == [n * n for n in range(100)]  # type: ignore[misc]


def test_no_call_is_an_empty_answer() -> None:
    assert ask_all([]) == []


def test_calls_are_made_at_the_same_time() -> None:
    meeting = threading.Barrier(3)
    assert sorted(ask_all([lambda: meeting.wait(timeout=10)] * 3)) == [0, 1, 2]


def test_all_calls_are_made_and_the_first_failure_in_their_order_is_raised() -> None:
    made: list[int] = []

    def call(number: int) -> None:
        made.append(number)
        if number in {2, 5}:
            raise ValueError(f"call {number}")

    with pytest.raises(ValueError, match="call 2"):
        ask_all([lambda n=n: call(n) for n in range(8)], most=2)  # type: ignore[misc]
    assert sorted(made) == list(range(8))


def test_all_that_is_to_be_done_is_done_in_any_order_and_told_in_the_given_one() -> None:
    assert do_all([lambda n=n: n * n for n in range(100)], most=7) == [n * n for n in range(100)]  # type: ignore[misc]
    assert do_all([]) == []


def test_after_a_failure_nothing_more_is_begun() -> None:
    begun: list[int] = []

    def fail(number: int) -> None:
        begun.append(number)
        raise ValueError(f"action {number}")

    with pytest.raises(ValueError, match="action 0"):
        do_all([lambda n=n: fail(n) for n in range(8)], most=1)  # type: ignore[misc]
    assert begun == [0]


def test_what_is_under_way_when_another_fails_is_waited_for() -> None:
    failed, ended = threading.Event(), threading.Event()

    def fail() -> None:
        failed.set()
        raise ValueError("the first")

    def end() -> None:
        assert failed.wait(10)
        ended.set()

    with pytest.raises(ValueError, match="the first"):
        do_all([end, fail], most=2)
    assert ended.is_set()


def test_two_different_things_are_done_at_the_same_time() -> None:
    meeting = threading.Barrier(2)
    first, second = both(lambda: meeting.wait(timeout=10) >= 0, lambda: str(meeting.wait(timeout=10) >= 0))
    assert (first, second) == (True, "True")
