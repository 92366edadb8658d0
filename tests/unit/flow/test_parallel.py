"""Several calls at once: all are made, and the answers come in the order of the calls."""

from __future__ import annotations

import threading

import pytest

from cdkit.flow.parallel import ask_all


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
