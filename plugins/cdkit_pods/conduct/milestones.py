"""What has been reached so far, for threads that wait for each other."""

from __future__ import annotations

import threading
from collections.abc import Iterable

from cdkit.api import Cancellation


class Milestones:
    """Names of what has been reached; they only grow. May be used by many threads.

    Args:
        cancellation: ends all waiting.
    """

    def __init__(self, cancellation: Cancellation) -> None:
        self._cancellation = cancellation
        self._condition = threading.Condition()
        self._reached: set[str] = set()

    def reach(self, name: str) -> None:
        """Let those go on who wait for this."""
        with self._condition:
            self._reached.add(name)
            self._condition.notify_all()

    def await_all(self, names: Iterable[str]) -> None:
        """Block until all of these are reached.

        Raises:
            CdkitError: the reason of the cancellation.
        """
        wanted = frozenset(names)
        forget = self._cancellation.on_cancel(self._wake)
        try:
            with self._condition:
                self._condition.wait_for(lambda: wanted <= self._reached or self._cancellation.reason is not None)
        finally:
            forget()
        self._cancellation.raise_if_cancelled()

    def _wake(self) -> None:
        with self._condition:
            self._condition.notify_all()
