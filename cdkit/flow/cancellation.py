"""Stopping work that runs in another thread, also when that thread waits for the network."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import TypeVar

from cdkit.errors import CdkitError
from cdkit.flow.clock import Clock, Inbox

Item = TypeVar("Item")


class Cancellation:
    """A request to stop, with its reason. It can be made once, is seen by every child, and is never taken back.

    Args:
        parent: cancelling it cancels this one too.
    """

    def __init__(self, parent: Cancellation | None = None) -> None:
        self._lock = threading.Lock()
        self._reason: CdkitError | None = None
        self._callbacks: dict[int, Callable[[], None]] = {}
        self._next = 0
        self._leave_parent: Callable[[], None] = lambda: None
        if parent is not None:
            self._leave_parent = parent.on_cancel(lambda: self.cancel(parent.reason_or_default()))

    def cancel(self, reason: CdkitError) -> None:
        """Ask to stop. The first reason stands; later ones are ignored."""
        with self._lock:
            if self._reason is not None:
                return
            self._reason = reason
            callbacks = list(self._callbacks.values())
            self._callbacks.clear()
        for callback in callbacks:
            # A callback that fails must not keep the others from hearing of the stop.
            with suppress(Exception):
                callback()

    @property
    def reason(self) -> CdkitError | None:
        """Why to stop, or None while nobody asked."""
        return self._reason

    def reason_or_default(self) -> CdkitError:
        """The reason, for a caller that knows that there is one."""
        return self._reason or CdkitError("The work was stopped.")

    def raise_if_cancelled(self) -> None:
        """Raise the reason when a stop was asked for."""
        if self._reason is not None:
            raise self._reason

    def on_cancel(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call `callback` on cancel, at once when that has happened already. Gives a function that forgets it."""
        with self._lock:
            if self._reason is None:
                key = self._next
                self._next += 1
                self._callbacks[key] = callback
                return lambda: self._forget(key)
        callback()
        return lambda: None

    def close(self) -> None:
        """Leave the parent: the work is done, and nobody needs to hear of a stop any more."""
        self._leave_parent()

    def _forget(self, key: int) -> None:
        with self._lock:
            self._callbacks.pop(key, None)


def pause(clock: Clock, seconds: float, cancellation: Cancellation) -> None:
    """Wait `seconds`, or raise the reason of a cancel as soon as it comes."""
    inbox: Inbox[None] = Inbox()
    forget = cancellation.on_cancel(lambda: inbox.put(None))
    try:
        clock.receive(inbox, clock.monotonic() + seconds)
    finally:
        forget()
    cancellation.raise_if_cancelled()


class _End:
    """Marks the end of an iteration in another thread, with the error that ended it."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


def until_cancelled(items: Iterable[Item], cancellation: Cancellation) -> Iterator[Item]:
    """Give the items of an iterable that may block for long, and raise the reason as soon as a cancel comes.

    The iterable is consumed in a thread of its own, because a read from the network cannot be interrupted from
    Python in another way. On a cancel that thread is left behind: it is a daemon, and ends with its connection.
    """
    inbox: Inbox[Item | _End] = Inbox()

    def consume() -> None:
        error: BaseException | None = None
        try:
            for item in items:
                if cancellation.reason is not None:
                    return
                inbox.put(item)
        except BaseException as raised:  # noqa: BLE001 -- handed to the thread that waits, which raises it
            error = raised
        inbox.put(_End(error))

    forget = cancellation.on_cancel(lambda: inbox.put(_End(cancellation.reason)))
    threading.Thread(target=consume, daemon=True).start()
    try:
        while True:
            item = inbox.take()
            if isinstance(item, _End):
                if item.error is not None:
                    raise item.error
                return
            yield item  # type: ignore[misc]  # `take` without a timeout never gives None for 'nothing'
    finally:
        forget()
