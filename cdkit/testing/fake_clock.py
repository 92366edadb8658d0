"""A clock that a test holds in its hand."""

from __future__ import annotations

import threading
from typing import Any

from cdkit.flow.clock import Inbox, Message

NEW_YEAR_2026 = 1_767_225_600.0
"""Seconds since the epoch at which the clock starts unless a test says otherwise."""

REAL_SECONDS = 10.0
"""How long `await_waiters` waits in real time before it calls the test broken."""


class _Tick:
    """Wakes a waiter; it looks at the time then. Never given to anybody."""


class FakeClock:
    """Time that moves by `advance` only. May be used by many threads.

    Args:
        start: seconds since the epoch.
        auto_advance: for code that runs in one thread: waiting on an empty inbox jumps to the awaited time at once.
    """

    def __init__(self, start: float = NEW_YEAR_2026, *, auto_advance: bool = False) -> None:
        self._start = start
        self._passed = 0.0
        self._auto_advance = auto_advance
        self._condition = threading.Condition()
        self._waiters: list[Inbox[Any]] = []

    def now(self) -> float:
        """Seconds since the epoch."""
        return self._start + self.monotonic()

    def monotonic(self) -> float:
        """Seconds since the clock was made."""
        with self._condition:
            return self._passed

    def advance(self, seconds: float) -> None:
        """Let time pass, and wake who waited for it."""
        with self._condition:
            self._passed += seconds
            for inbox in self._waiters:
                inbox.put(_Tick())

    def receive(self, inbox: Inbox[Message], until: float | None) -> Message | None:
        """The next message; or None as soon as `advance` has reached `until`."""
        if self._auto_advance and until is not None:
            return self._receive_or_jump(inbox, until)
        with self._condition:
            self._waiters.append(inbox)
            self._condition.notify_all()
        try:
            return self._wait(inbox, until)
        finally:
            with self._condition:
                self._waiters.remove(inbox)

    def await_waiters(self, count: int = 1) -> None:
        """Block until so many threads wait on this clock, so that the next `advance` finds them waiting.

        Raises:
            AssertionError: they do not come.
        """
        with self._condition:
            if not self._condition.wait_for(lambda: len(self._waiters) >= count, timeout=REAL_SECONDS):
                raise AssertionError(f"{len(self._waiters)} threads wait on the clock; {count} were awaited")

    def _wait(self, inbox: Inbox[Message], until: float | None) -> Message | None:
        while until is None or self.monotonic() < until:
            message = inbox.take()
            if not isinstance(message, _Tick):
                return message
        return self._next_message(inbox)

    def _receive_or_jump(self, inbox: Inbox[Message], until: float) -> Message | None:
        message = self._next_message(inbox)
        if message is None:
            with self._condition:
                self._passed = max(self._passed, until)
        return message

    def _next_message(self, inbox: Inbox[Message]) -> Message | None:
        """What is in the inbox now, past the ticks of an earlier wait; None when nothing is."""
        while isinstance(message := inbox.take(0), _Tick):
            pass
        return message
