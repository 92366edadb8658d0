"""The way of every event: stamp, redact, write down, show."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Protocol

import msgspec

from cdkit.engine.journal import Journal
from cdkit.flow.clock import Clock
from cdkit.models.event import Event, Warned
from cdkit.redact import Redactor


class Reporter(Protocol):
    """Something that shows events: a console, a build server's groups, a file."""

    def report(self, event: Event) -> None:
        """Show one event; called by one thread at a time, in the order in which things happened."""
        ...


class EventStream:
    """Takes events from every thread, one at a time, and hands them on without their secrets.

    A reporter that fails is left out from then on, and a warning says so: showing must not end the work.
    """

    def __init__(
        self, clock: Clock, redactor: Redactor, journal: Journal | None, reporters: Sequence[Reporter]
    ) -> None:
        self._lock = threading.RLock()
        self._clock = clock
        self._redactor = redactor
        self._journal = journal
        self._reporters = list(reporters)

    def emit(self, event: Event) -> None:
        """Make an event known."""
        with self._lock:
            stamped = self._redactor.event(msgspec.structs.replace(event, time=self._clock.now()))
            if self._journal:
                self._journal.write(stamped)
            for reporter in tuple(self._reporters):
                self._show(reporter, stamped)

    def _show(self, reporter: Reporter, event: Event) -> None:
        try:
            reporter.report(event)
        except Exception as error:  # noqa: BLE001 -- see the class
            self._reporters.remove(reporter)
            self.emit(Warned(message=f"The reporter {type(reporter).__name__} failed and was left out: {error}"))
