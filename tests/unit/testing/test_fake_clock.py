from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from cdkit.errors import Cancelled
from cdkit.flow.cancellation import Cancellation, pause
from cdkit.flow.clock import Inbox
from cdkit.testing import FakeClock


def test_time_stands_still_until_it_is_advanced() -> None:
    clock = FakeClock(start=1000.0)
    assert (clock.now(), clock.monotonic()) == (1000.0, 0.0)
    clock.advance(2.5)
    assert (clock.now(), clock.monotonic()) == (1002.5, 2.5)


def test_a_message_that_is_there_is_given_at_once() -> None:
    inbox: Inbox[str] = Inbox()
    inbox.put("hello")
    assert FakeClock().receive(inbox, None) == "hello"


def test_a_time_that_has_come_is_not_waited_for() -> None:
    assert FakeClock().receive(Inbox[str](), 0.0) is None


def test_a_waiter_is_woken_when_its_time_has_come_and_not_before() -> None:
    clock, inbox = FakeClock(), Inbox[str]()
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(clock.receive, inbox, 10.0)
        clock.await_waiters()
        clock.advance(9.0)
        assert not waiting.done()
        clock.advance(1.0)
        assert waiting.result(timeout=5) is None


def test_a_waiter_is_woken_by_a_message() -> None:
    clock, inbox = FakeClock(), Inbox[str]()
    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(clock.receive, inbox, 10.0)
        clock.await_waiters()
        clock.advance(1.0)
        inbox.put("hello")
        assert waiting.result(timeout=5) == "hello"
    assert clock.receive(inbox, 0.0) is None


def test_a_clock_that_advances_by_itself_jumps_to_what_is_awaited() -> None:
    clock, inbox = FakeClock(auto_advance=True), Inbox[str]()
    inbox.put("hello")
    assert clock.receive(inbox, 60.0) == "hello"
    assert clock.monotonic() == 0.0
    assert clock.receive(inbox, 60.0) is None
    assert clock.monotonic() == 60.0
    pause(clock, 5.0, Cancellation())
    assert clock.monotonic() == 65.0


def test_a_pause_ends_on_a_cancel() -> None:
    clock, cancellation = FakeClock(), Cancellation()
    with ThreadPoolExecutor() as pool:
        pausing = pool.submit(pause, clock, 60.0, cancellation)
        clock.await_waiters()
        cancellation.cancel(Cancelled())
        with pytest.raises(Cancelled):
            pausing.result(timeout=5)
