"""Several things at once: jobs that are cancelled together, actions that end together, questions that are all asked."""

from __future__ import annotations

import threading
from functools import partial

import pytest

from cdkit.errors import Cancelled, WorkFailed
from cdkit.flow.cancellation import Cancellation
from cdkit.flow.parallel import ask_all, both, do_all, in_parallel


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


def test_the_results_stand_in_the_order_of_the_jobs() -> None:
    last_is_done = threading.Event()

    def job(number: int, _: Cancellation) -> int:
        if number == 3:
            last_is_done.set()
        assert last_is_done.wait(10)
        return number * 10

    assert in_parallel([partial(job, number) for number in range(4)], 4, Cancellation()) == [0, 10, 20, 30]


def test_no_more_jobs_are_at_work_than_were_allowed() -> None:
    at_work, most, lock = set[int](), [0], threading.Lock()

    def job(number: int, _: Cancellation) -> None:
        with lock:
            at_work.add(number)
            most[0] = max(most[0], len(at_work))
        with lock:
            at_work.discard(number)

    in_parallel([partial(job, number) for number in range(50)], 3, Cancellation())
    assert most[0] <= 3


def test_nothing_to_do_is_done() -> None:
    assert in_parallel([], 4, Cancellation()) == []


def test_the_first_failure_stops_the_others() -> None:
    begun: list[int] = []
    stopped = threading.Event()

    def job(number: int, cancellation: Cancellation) -> None:
        begun.append(number)
        if number == 0:
            cancellation.on_cancel(stopped.set)
            assert stopped.wait(10)
        raise WorkFailed("broken")

    with pytest.raises(WorkFailed, match="broken"):
        in_parallel([partial(job, number) for number in range(100)], 2, Cancellation())
    assert stopped.wait(10)
    assert len(begun) < 100


def test_a_cancel_is_heard_while_all_jobs_hang() -> None:
    cancellation, never = Cancellation(), threading.Event()
    threading.Timer(0.05, cancellation.cancel, [Cancelled()]).start()
    with pytest.raises(Cancelled):
        in_parallel([lambda _: never.wait(60)] * 2, 2, cancellation)
    never.set()
