"""Time comes in through a clock, so that a unit test never sleeps."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

Message = TypeVar("Message")


class Inbox(Generic[Message]):
    """A mailbox between threads. `put` may be called from a signal handler: the queue below is re-entrant."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[Message] = queue.SimpleQueue()

    def put(self, message: Message) -> None:
        """Leave a message; never blocks."""
        self._queue.put(message)

    def take(self, timeout: float | None = None) -> Message | None:
        """The next message, or None when `timeout` seconds passed without one. None waits for ever, 0 not at all."""
        try:
            return self._queue.get(timeout=timeout) if timeout != 0 else self._queue.get_nowait()
        except queue.Empty:
            return None


class Clock(Protocol):
    """What the time is, and waiting for a message or for a time, whichever comes first."""

    def now(self) -> float:
        """Seconds since the epoch, for people."""
        ...

    def monotonic(self) -> float:
        """Seconds that never run backwards, for measuring."""
        ...

    def receive(self, inbox: Inbox[Message], until: float | None) -> Message | None:
        """The next message, or None when `until` (on the monotonic scale) has come first."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    def monotonic(self) -> float:
        """Seconds since some start."""
        return time.monotonic()

    def receive(self, inbox: Inbox[Message], until: float | None) -> Message | None:
        """Block until a message comes, or until the time `until`."""
        return inbox.take(None if until is None else max(0.0, until - time.monotonic()))


def measured(clock: Clock) -> Callable[[], float]:
    """A function that gives the seconds since now."""
    start = clock.monotonic()
    return lambda: clock.monotonic() - start
