from __future__ import annotations

import threading
from functools import partial

import pytest

from cdkit.errors import Cancelled, WorkFailed
from cdkit.flow.cancellation import Cancellation
from cdkit.flow.parallel import in_parallel


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
