"""When a round begins, what ends it, and how the watching ends."""

from __future__ import annotations

import signal
from collections.abc import Callable, Sequence

import pytest

from cdkit.engine.messages import Interrupted, Messages
from cdkit.errors import Unavailable
from cdkit.testing.fake_clock import FakeClock
from cdkit.watching.desk import SUPERSEDED, Desk
from cdkit.watching.rounds import run_on_changes

STOP = Interrupted(signal.SIGTERM)


class Watch:
    """Performs rounds of which each does what a test wants to happen meanwhile, and notes what is told."""

    def __init__(self, *meanwhile: Callable[[Watch], None]) -> None:
        self.clock = FakeClock()
        self.desk = Desk(self.clock)
        self.told: list[str] = []
        self._meanwhile = list(meanwhile)

    def run(self, *, at_once: bool = True) -> int:
        return run_on_changes(
            self.desk, perform=self._perform, on_waiting=self._wait, on_changes=self._begin, at_once=at_once
        )

    def _perform(self, inbox: Messages) -> None:
        self._next()
        while (message := inbox.take(0)) is not None:
            self.told.append("cancelled" if message is SUPERSEDED else "stopped")
        self.told.append("ended")

    def _wait(self) -> None:
        self.told.append("waits")
        self._next()

    def _begin(self, paths: Sequence[str]) -> None:
        self.told.append(f"changed: {' '.join(paths)}")

    def _next(self) -> None:
        if self._meanwhile:
            self._meanwhile.pop(0)(self)
        else:
            stopped(self)


def at_once(*happenings: Callable[[Watch], None]) -> Callable[[Watch], None]:
    """Several things that happen during one round."""

    def happen(watch: Watch) -> None:
        for happening in happenings:
            happening(watch)

    return happen


def saved(*paths: str) -> Callable[[Watch], None]:
    """Somebody saves files."""
    return lambda watch: watch.desk.tell(paths)


def stopped(watch: Watch) -> None:
    """A signal comes."""
    watch.desk.put(STOP)


def nothing(_: Watch) -> None:
    """A round in which nothing happens."""


def test_a_round_begins_at_once_and_after_each_change() -> None:
    watch = Watch(nothing, saved("a.py", "b.py"), nothing)
    assert watch.run() == 143
    assert watch.told == ["ended", "waits", "changed: a.py b.py", "ended", "waits"]


def test_the_first_round_can_wait_for_a_change() -> None:
    watch = Watch(saved("a.py"), nothing)
    watch.run(at_once=False)
    assert watch.told == ["waits", "changed: a.py", "ended", "waits"]


def test_a_change_during_a_round_cancels_it_and_begins_the_next_at_once() -> None:
    watch = Watch(saved("a.py"), nothing)
    watch.run()
    assert watch.told == ["cancelled", "ended", "changed: a.py", "ended", "waits"]


def test_changes_while_a_round_is_stopping_make_one_round_together() -> None:
    watch = Watch(at_once(saved("a.py"), saved("b.py"), saved("a.py")), nothing)
    watch.run()
    assert watch.told == ["cancelled", "cancelled", "cancelled", "ended", "changed: a.py b.py", "ended", "waits"]


def test_no_changes_begin_no_round() -> None:
    watch = Watch(saved())
    watch.run()
    assert watch.told == ["ended", "waits"]


def test_a_signal_stops_the_round_at_work_and_ends_the_watching() -> None:
    watch = Watch(at_once(saved("a.py"), stopped))
    assert watch.run() == 143
    assert watch.told == ["cancelled", "stopped", "ended"]


def test_ctrl_c_while_nothing_is_at_work_ends_the_watching() -> None:
    watch = Watch(nothing, lambda watch: watch.desk.put(Interrupted(signal.SIGINT)))
    assert watch.run() == 130


def test_a_signal_just_before_a_round_stops_that_round() -> None:
    watch = Watch(nothing)
    stopped(watch)
    with watch.desk.round() as inbox:
        assert inbox.take(0) is STOP


def test_watching_that_broke_ends_with_what_broke_it() -> None:
    watch = Watch(nothing, lambda watch: watch.desk.fail(Unavailable("The disk is gone.")))
    with pytest.raises(Unavailable, match="The disk is gone"):
        watch.run()


def test_it_is_known_which_round_was_at_work_at_a_moment() -> None:
    watch = Watch()
    moments = []
    for _ in range(2):
        moments.append(watch.clock.now())
        watch.clock.advance(1)
        with watch.desk.round():
            moments.append(watch.clock.now())
            watch.clock.advance(1)
        watch.clock.advance(1)
    assert [watch.desk.round_at(moment) for moment in moments] == [0, 1, 0, 2]
