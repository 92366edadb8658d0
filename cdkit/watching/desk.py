"""Where signals and changes arrive while somebody watches, and from where they reach whom they concern."""

from __future__ import annotations

import math
import signal
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import msgspec

from cdkit.engine.messages import Interrupted, Messages
from cdkit.errors import CdkitError
from cdkit.flow.clock import Clock, Inbox

ROUNDS_KNOWN = 8
"""So many rounds back it is known when each began and ended: a change is told a moment after it was made."""

SUPERSEDED = Interrupted(signal.SIGINT, "The sources changed while it ran.")


class _Round(msgspec.Struct):
    """When a round was at work, in seconds since the epoch."""

    number: int
    began: float
    ended: float = math.inf


class Desk:
    """Hands signals and changes to the round that is at work, and to who waits for the next one.

    Args:
        clock: the time.
    """

    def __init__(self, clock: Clock) -> None:
        self.interrupted: Interrupted | None = None
        """The signal that ends the watching; None until it comes."""
        self._failure: CdkitError | None = None
        self._clock = clock
        self._lock = threading.Lock()
        self._changes: dict[str, None] = {}
        self._bell: Messages = Inbox()
        self._at_work: Messages | None = None
        self._rounds: deque[_Round] = deque(maxlen=ROUNDS_KNOWN)

    def put(self, message: Interrupted) -> None:
        """Take a signal. Called by its handler, so that it may not wait for a lock."""
        self.interrupted = message
        self._bell.put(message)
        at_work = self._at_work
        if at_work is not None:
            at_work.put(message)

    def tell(self, paths: Iterable[str]) -> None:
        """Take changes, if there are any. A round at work is cancelled, for it began with what was there before."""
        changes = dict.fromkeys(paths)
        if not changes:
            return
        with self._lock:
            self._changes.update(changes)
            self._bell.put(self)
            if self._at_work is not None:
                self._at_work.put(SUPERSEDED)

    def fail(self, error: CdkitError) -> None:
        """Take the news that no change will be told any more."""
        self._failure = error
        self._bell.put(error)

    @property
    def has_changes(self) -> bool:
        """Whether something changed since the last round began."""
        return bool(self._changes)

    def next_changes(self) -> tuple[str, ...]:
        """Wait for changes; nothing when a signal came instead.

        Raises:
            CdkitError: no change will be told any more.
        """
        while self.interrupted is None:
            if self._failure is not None:
                raise self._failure
            with self._lock:
                changes = tuple(self._changes)
                self._changes.clear()
            if changes:
                return changes
            self._bell.take()
        return ()

    @contextmanager
    def round(self) -> Iterator[Messages]:
        """A round, with a mailbox of its own. What changed before it began is seen by it, and not told again."""
        inbox: Messages = Inbox()
        with self._lock:
            self._changes.clear()
            number = self._rounds[-1].number + 1 if self._rounds else 1
            self._rounds.append(_Round(number, self._clock.now()))
            self._at_work = inbox
        if self.interrupted is not None:
            inbox.put(self.interrupted)
        try:
            yield inbox
        finally:
            with self._lock:
                self._at_work = None
                self._rounds[-1].ended = self._clock.now()

    def round_at(self, moment: float) -> int:
        """The number of the round that was at work at a moment, in seconds since the epoch; 0 when none was."""
        with self._lock:
            return next((each.number for each in self._rounds if each.began <= moment <= each.ended), 0)
