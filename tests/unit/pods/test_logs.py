"""Logs of containers: nothing is lost and nothing doubled, however often they break off."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from itertools import dropwhile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdkit.errors import ObjectNotFound
from cdkit.flow.cancellation import Cancellation
from cdkit.flow.clock import Clock
from cdkit.models.build import Build
from cdkit.models.container import LogLine
from cdkit.models.environment import Environment
from cdkit.models.event import StepOutput, Warned
from cdkit.step import StepContext
from cdkit.testing import FakeClock, FakeWorld, RecordedRun
from cdkit_pods.logs.position import LogPosition
from cdkit_pods.logs.resumed import ResumedLog
from cdkit_pods.logs.show import shown
from cdkit_pods.logs.stream import LogStream
from tests.real_world import eventually
from tests.unit.pods.played_pod import PlayedLog, PlayedPod, ended, pod_with, running

PATIENCE = 10.0
"""Real seconds that a thread may take on a busy machine."""


def a_context(tmp_path: Path, clock: Clock | None = None) -> StepContext:
    run = RecordedRun(
        world=FakeWorld(),
        clock=clock or FakeClock(),
        workspace=tmp_path,
        build=Build(),
        environment=Environment(),
    )
    return StepContext("tests", run, env={}, cancellation=Cancellation())


def events(ctx: StepContext) -> list[object]:
    assert isinstance(ctx.run, RecordedRun)
    return list(ctx.run.events)


def warnings(ctx: StepContext) -> list[str]:
    return [event.message for event in events(ctx) if isinstance(event, Warned)]


class Followed:
    """A stream of a played log, and the lines that came of it."""

    def __init__(self, ctx: StepContext) -> None:
        self.pod = PlayedPod()
        self.log = self.pod.logs["db"] = PlayedLog()
        self.stream = LogStream(ctx, self.pod, "db")
        self.texts: list[str] = []
        self.over = threading.Event()
        self.stream.subscribe(lambda lines: self.texts.extend(line.text for line in lines))
        self.stream.when_over(self.over.set)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def ctx(tmp_path: Path, clock: FakeClock) -> StepContext:
    return a_context(tmp_path, clock)


def test_every_line_comes_from_the_first_to_the_last(ctx: StepContext) -> None:
    followed = Followed(ctx)
    followed.log.write("one", "two", closed=True)
    followed.stream.on_look(pod_with(db=ended(0)))
    followed.stream.finish()
    assert followed.texts == ["one", "two"]
    assert followed.stream.last_lines == ("one", "two")
    assert warnings(ctx) == []


def test_a_container_that_has_not_started_has_no_log(ctx: StepContext) -> None:
    followed = Followed(ctx)
    followed.stream.on_look(pod_with(db={"waiting": {"reason": "ContainerCreating"}}))
    followed.stream.finish()
    assert followed.log.requests == []


def test_a_log_that_breaks_off_goes_on_where_it_was(ctx: StepContext, clock: FakeClock) -> None:
    followed = Followed(ctx)
    followed.log.breaks.append(2)
    followed.log.write("one", "two", "three", closed=True)
    followed.stream.on_look(pod_with(db=running()))
    clock.await_waiters()
    assert followed.texts == ["one", "two"]
    followed.stream.on_look(pod_with(db=ended(0)))
    followed.stream.finish()
    assert followed.texts == ["one", "two", "three"]


def test_a_log_that_ends_before_its_container_is_not_believed(ctx: StepContext, clock: FakeClock) -> None:
    followed = Followed(ctx)
    followed.log.write("one", closed=True)
    followed.stream.on_look(pod_with(db=running()))
    clock.await_waiters()
    assert not followed.over.is_set()
    followed.log.write("two", closed=True)
    followed.stream.on_look(pod_with(db=ended(0)))
    assert followed.over.wait(PATIENCE)
    assert followed.texts == ["one", "two"]


def test_a_silent_connection_is_replaced_once_its_container_has_ended(ctx: StepContext, clock: FakeClock) -> None:
    followed = Followed(ctx)
    followed.log.write("one")
    followed.stream.on_look(pod_with(db=running()))
    finisher = threading.Thread(target=followed.stream.finish)
    finisher.start()
    clock.await_waiters()
    clock.advance(5)
    clock.await_waiters()
    followed.log.write("two", closed=True)
    finisher.join(PATIENCE)
    assert followed.texts == ["one", "two"]
    assert warnings(ctx) == []


def test_a_rest_that_does_not_come_is_given_up_and_told(ctx: StepContext, clock: FakeClock) -> None:
    followed = Followed(ctx)
    followed.log.write("one")
    followed.stream.on_look(pod_with(db=running()))
    finisher = threading.Thread(target=followed.stream.finish)
    finisher.start()
    while finisher.is_alive():
        clock.advance(5)
        finisher.join(0.01)
    assert followed.texts == ["one"]
    assert warnings(ctx) == ["The log of 'db' is not whole: its rest did not come within 10 s."]
    assert followed.over.wait(PATIENCE)


def test_a_log_that_is_refused_time_and_again_is_told(tmp_path: Path) -> None:
    ctx = a_context(tmp_path, FakeClock(auto_advance=True))
    followed = Followed(ctx)

    def refuse(*_: object, **__: object) -> None:
        raise ObjectNotFound("There is no container 'db'.")

    followed.pod.log = refuse  # type: ignore[assignment,method-assign]
    followed.stream.on_look(pod_with(db=running()))
    assert followed.over.wait(PATIENCE)
    followed.stream.finish()
    assert warnings(ctx) == ["The log of 'db' is not whole: There is no container 'db'."]


def test_a_cancel_ends_a_log_without_a_word(ctx: StepContext) -> None:
    followed = Followed(ctx)
    followed.stream.on_look(pod_with(db=running()))
    ctx.cancellation.cancel(ObjectNotFound("enough"))
    assert followed.over.wait(PATIENCE)
    followed.stream.finish()
    assert warnings(ctx) == []


def test_a_log_that_nobody_wants_any_more_is_followed_no_further(ctx: StepContext) -> None:
    followed = Followed(ctx)
    followed.log.write("seen")
    followed.stream.on_look(pod_with(db=running()))
    eventually(lambda: followed.texts == ["seen"])
    followed.stream.close()
    followed.log.write("unseen")
    assert followed.over.wait(PATIENCE)
    assert followed.texts == ["seen"]
    assert followed.stream.last_lines[0] == "seen"
    assert warnings(ctx) == []


def test_who_comes_when_all_is_over_is_told_at_once(ctx: StepContext) -> None:
    followed = Followed(ctx)
    followed.log.write(closed=True)
    followed.stream.on_look(pod_with(db=ended(0)))
    followed.stream.finish()
    late = threading.Event()
    followed.stream.when_over(late.set)
    assert late.is_set()


def test_who_has_seen_enough_gets_no_more_lines(ctx: StepContext) -> None:
    followed = Followed(ctx)
    seen: list[str] = []

    def until_two(lines: Sequence[LogLine]) -> None:
        seen.extend(line.text for line in lines)
        if "two" in seen:
            forget()

    forget = followed.stream.subscribe(until_two)
    followed.log.write("one", "two", "three", closed=True)
    followed.stream.on_look(pod_with(db=ended(0)))
    followed.stream.finish()
    assert seen == ["one", "two"]


def test_lines_are_shown_in_their_order_with_their_streams_and_a_prefix(ctx: StepContext) -> None:
    shown(ctx, "db | ")([LogLine("", "up"), LogLine("", "FATAL", "stderr"), LogLine("", "down")])
    said = [(event.line, event.stream) for event in events(ctx) if isinstance(event, StepOutput)]
    assert said == [("db | up", "stdout"), ("db | FATAL", "stderr"), ("db | down", "stdout")]


Answer = Callable[[list[tuple[int, str]], str], Iterable[tuple[int, str]]]


def without_earlier_times(lines: list[tuple[int, str]], since: str) -> Iterable[tuple[int, str]]:
    return [(number, time) for number, time in lines if time >= since]


def from_the_first_of_that_time(lines: list[tuple[int, str]], since: str) -> Iterable[tuple[int, str]]:
    return dropwhile(lambda line: line[1] < since, lines)


answers = st.sampled_from([without_earlier_times, from_the_first_of_that_time])


def read_with_breaks(times: list[int], breaks: list[int], answer: Answer, remembered: int = 8) -> list[int]:
    """The numbers of the lines of a log that is asked for again after each break, which all get further."""
    log = [(number, f"2026-01-01T00:00:00.{time:09}Z") for number, time in enumerate(times)]
    position, read = LogPosition(remembered), list[int]()
    for further in [*breaks, len(log)]:
        since, end = position.take_up(), len(read) + further
        came = [LogLine(time, str(number)) for number, time in answer(log[:end], since)]
        for batch in (came[first : first + 3] for first in range(0, len(came), 3)):
            read += [int(line.text) for line in position.new_of(batch)]
    return read


@settings(max_examples=200, deadline=None)
@given(
    steps=st.lists(st.sampled_from([0, 0, 0, 1, 2]), max_size=60),
    swaps=st.sets(st.integers(0, 30)),
    breaks=st.lists(st.integers(0, 12), max_size=12),
    answer=answers,
)
def test_breaks_lose_and_double_nothing_among_equal_times_and_a_little_disorder(
    steps: list[int], swaps: set[int], breaks: list[int], answer: Answer
) -> None:
    times = [sum(steps[: place + 1]) for place in range(len(steps))]
    for place in (2 * swap for swap in swaps if 2 * swap + 1 < len(times)):
        times[place], times[place + 1] = times[place + 1], times[place]
    assert read_with_breaks(times, breaks, answer) == list(range(len(times)))


@settings(max_examples=200, deadline=None)
@given(
    before=st.integers(0, 30),
    back=st.integers(1, 40),
    after=st.integers(0, 30),
    breaks=st.lists(st.integers(0, 12), max_size=12),
    answer=answers,
)
def test_a_log_of_a_clock_that_was_set_back_loses_and_doubles_nothing(
    before: int, back: int, after: int, breaks: list[int], answer: Answer
) -> None:
    times = [100 + number for number in range(before)] + [100 + before - back + number for number in range(after)]
    # What comes after a break is looked for by time: the first line of the earlier times has to be seen before it.
    assert read_with_breaks(times, [before + 1, *breaks], answer) == list(range(len(times)))


@settings(max_examples=60, deadline=None)
@given(times=st.lists(st.integers(0, 4).map(lambda step: step // 3), max_size=60), breaks=st.lists(st.integers(0, 9)))
def test_a_resumed_log_is_the_log(times: list[int], breaks: list[int]) -> None:
    log, now = PlayedLog(), 0
    for number, step in enumerate(times):
        now += step
        log.write(LogLine(f"2026-01-01T00:00:00.{now:09}Z", str(number)))
    log.write(closed=True)
    log.breaks.extend(breaks)
    pod = PlayedPod()
    pod.logs["db"] = log
    resumed = ResumedLog(pod, "db", FakeClock(auto_advance=True), Cancellation())
    resumed.expect_end()
    assert [line.text for lines in resumed.batches() for line in lines] == [str(number) for number in range(len(times))]


def test_lines_that_the_log_has_dropped_in_between_hide_no_new_ones() -> None:
    position = LogPosition()
    one, two, three, four, five = (LogLine(time, time) for time in "12345")
    assert list(position.new_of([one, two, three])) == [one, two, three]
    position.take_up()
    assert list(position.new_of([three, four, five])) == [four, five]
