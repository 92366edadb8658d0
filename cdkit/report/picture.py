"""A picture of a run as it is now: which steps are at work, since when, on what, and how far they have come."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import msgspec

from cdkit.models.event import (
    ChecksPassed,
    Event,
    RunFinished,
    RunStarted,
    StepFinished,
    StepProgress,
    StepRetried,
    StepStarted,
    StepWaiting,
    TestsReported,
)
from cdkit.report.tests import counts

MOST_ITEMS = 3
"""Items of one step that are shown each by itself; more are added up."""


class Item(msgspec.Struct, frozen=True):
    """How far one item of a step has come; `total` is 0 when it is not known."""

    name: str
    current: int
    total: int
    unit: str

    @property
    def is_complete(self) -> bool:
        """Whether nothing of it is left to do. One that had nothing to do at all is complete, too."""
        return self.current >= self.total if self.total else not self.current


class StepAtWork(msgspec.Struct):
    """A step that runs now.

    Attributes:
        name: the step.
        since: when it began, in seconds since the epoch.
        doing: what it waits for, or its kind as long as it has not said.
        items: what it told of its progress, by the items' names.
    """

    name: str
    since: float
    doing: str
    items: dict[str, Item] = {}

    def unfinished(self) -> list[Item]:
        """A few items to show: those that are at work, or the sum of all when they are many."""
        waiting = [item for item in self.items.values() if not item.is_complete]
        return waiting if len(waiting) <= MOST_ITEMS else self._sums()

    def _sums(self) -> list[Item]:
        """One item for each unit: the sum of all, those that are complete included."""
        units = dict.fromkeys(item.unit for item in self.items.values())
        return [_sum([item for item in self.items.values() if item.unit == unit], unit) for unit in units]


class Picture:
    """Takes in events, and tells what is going on. May be looked at by one thread while another tells it of events."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._at_work: dict[str, StepAtWork] = {}
        self._readers: dict[type[Event], Callable[[Any], None]] = {
            RunStarted: self._run_started,
            ChecksPassed: self._checks_passed,
            StepStarted: self._step_started,
            StepWaiting: self._step_waiting,
            StepRetried: self._step_retried,
            StepProgress: self._step_progress,
            TestsReported: self._tests_reported,
            StepFinished: self._step_finished,
            RunFinished: self._run_finished,
        }
        self.since = 0.0
        self.steps = 0
        self.done = 0
        self.is_checking = False

    def take(self, event: Event) -> None:
        """Take in what happened."""
        reader = self._readers.get(type(event))
        if reader is not None:
            with self._lock:
                reader(event)

    def at_work(self) -> list[StepAtWork]:
        """The steps that run now, the one that began first at the top."""
        with self._lock:
            return [msgspec.structs.replace(step, items=dict(step.items)) for step in self._at_work.values()]

    def _run_started(self, event: RunStarted) -> None:
        self.since, self.steps, self.is_checking = event.time, len(event.steps), True

    def _checks_passed(self, _: ChecksPassed) -> None:
        self.is_checking = False

    def _step_started(self, event: StepStarted) -> None:
        self.is_checking = False
        self._at_work[event.step] = StepAtWork(event.step, event.time, event.uses)

    def _step_waiting(self, event: StepWaiting) -> None:
        if event.what and event.step in self._at_work:
            self._at_work[event.step].doing = event.what

    def _step_retried(self, event: StepRetried) -> None:
        if event.step in self._at_work:
            step = self._at_work[event.step]
            step.doing = f"attempt {event.attempt + 1} of {event.attempts}"
            step.items = {}

    def _step_progress(self, event: StepProgress) -> None:
        if event.step in self._at_work:
            item = Item(event.item, event.current, event.total, event.unit)
            self._at_work[event.step].items[event.item] = item

    def _tests_reported(self, event: TestsReported) -> None:
        if event.step in self._at_work:
            self._at_work[event.step].doing = counts(event.report)

    def _step_finished(self, event: StepFinished) -> None:
        self.done += 1
        self._at_work.pop(event.step, None)

    def _run_finished(self, _: RunFinished) -> None:
        self.is_checking = False
        self._at_work.clear()


def _sum(items: list[Item], unit: str) -> Item:
    complete = sum(item.is_complete for item in items)
    name = f"{complete} of {len(items)} done"
    return Item(name, sum(item.current for item in items), sum(item.total for item in items), unit)
