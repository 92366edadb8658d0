"""The way of every event: stamp, redact, write down, show."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Sequence
from typing import Protocol

import msgspec

from cdkit.engine.journal import Journal
from cdkit.engine.writable import writable
from cdkit.flow.clock import Clock
from cdkit.models.event import Event, RunFinished, StepOutput, Warned
from cdkit.redact import Redactor

MOST_PENDING = 200
"""Lines of output that may wait for the thread that hands them on; who brings more hands them on himself."""

GATHERING = 0.02
"""Seconds in which further lines join those that the carrier takes. Nobody sees them, and a thread that was called for
every line would take the processor from who reads them."""


class Reporter(Protocol):
    """Something that shows events: a console, a build server's groups, a file."""

    def report(self, event: Event) -> None:
        """Take one event; called by one thread at a time, in the order in which things happened."""
        ...

    def flush(self) -> None:
        """Show all that was taken. Called after every batch of events, of which most hold one."""
        ...


class EventStream:
    """Takes events from every thread, and hands them on in one order and without their secrets.

    Whoever emits an event hands on all that are pending, and has seen to its own when `emit` returns. Lines of output
    are the exception: a thread of the stream's own, the carrier, takes all that have come since it last looked. So the
    more is printed at once, the larger the batches get, and nobody who prints waits for the disk or the terminal.

    A reporter or a journal that fails is left out from then on, and a warning says so: showing must not end the
    work. After the end of the run nothing is handed on: a step that was left behind may still talk.
    """

    def __init__(
        self, clock: Clock, redactor: Redactor, journal: Journal | None, reporters: Sequence[Reporter]
    ) -> None:
        self._handing_on = threading.Lock()
        self._pending: deque[Event] = deque()
        self._clock = clock
        self._redactor = redactor
        self._journal = journal
        self._reporters = list(reporters)
        self._ended = False
        self._lines_came = threading.Event()
        self._carrier_starts = threading.Lock()
        self._carrier: threading.Thread | None = None

    def emit(self, *events: Event) -> None:
        """Make events known."""
        self._pending.extend(events)
        if len(self._pending) < MOST_PENDING and all(type(event) is StepOutput for event in events):
            self._call_the_carrier()
        else:
            self.flush()

    def close(self) -> None:
        """Hand on what is pending and nothing after it, and let go of the journal."""
        self.flush()
        with self._handing_on:
            self._ended = True
            self._lines_came.set()
            if self._journal is not None:
                self._journal.close()
                self._journal = None

    def _call_the_carrier(self) -> None:
        if self._lines_came.is_set():
            return
        self._lines_came.set()
        if self._carrier is None:
            with self._carrier_starts:
                if self._carrier is None:
                    self._carrier = threading.Thread(target=self._carry, name="events", daemon=True)
                    self._carrier.start()

    def _carry(self) -> None:
        while not self._ended:
            self._lines_came.wait()
            time.sleep(GATHERING)
            # Before it looks: whoever brings a line after this calls again.
            self._lines_came.clear()
            self.flush()

    def flush(self) -> None:
        """Hand on what is pending: it has been shown when this returns."""
        with self._handing_on:
            while self._pending:
                batch = [self._pending.popleft() for _ in range(len(self._pending))]
                if not self._ended:
                    self._hand_on(batch)

    def _hand_on(self, batch: list[Event]) -> None:
        end = next((index for index, event in enumerate(batch, 1) if isinstance(event, RunFinished)), None)
        self._ended = end is not None
        now = self._clock.now()
        events = [self._redactor.event(msgspec.structs.replace(event, time=now)) for event in batch[:end]]
        try:
            self._write(events)
        except Exception:  # noqa: BLE001 -- one event that is no data must not take the batch with it
            events = [writable(event) for event in events]
            self._write(events)
        for reporter in tuple(self._reporters):
            self._show(reporter, events)

    def _write(self, events: Sequence[Event]) -> None:
        """Write a batch down before anybody sees any of it."""
        if self._journal is None:
            return
        try:
            self._journal.write(*events)
        except OSError as error:
            self._journal = None
            self._warn(f"The record of the run ends here, for it cannot be written: {error.strerror}")

    def _show(self, reporter: Reporter, events: Sequence[Event]) -> None:
        try:
            for event in events:
                reporter.report(event)
            reporter.flush()
        except Exception as error:  # noqa: BLE001 -- see the class
            self._reporters.remove(reporter)
            self._warn(f"The reporter {type(reporter).__name__} failed and was left out: {error}")

    def _warn(self, message: str) -> None:
        self._pending.appendleft(Warned(message=message))
