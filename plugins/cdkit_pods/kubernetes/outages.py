"""Going on when the connection to a cluster breaks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from cdkit.api import Unavailable

Result = TypeVar("Result")

ATTEMPTS = 5
"""How often in a row a connection may break without anything having come through it."""

FIRST_PAUSE = 0.5
"""Seconds before the second attempt; each further pause is twice as long."""

Pause = Callable[[float], None]
"""Waits so many seconds."""


class Patience:
    """How long a connection that breaks is made again.

    Args:
        pause: waits.
    """

    def __init__(self, pause: Pause) -> None:
        self._pause = pause
        self._failures = 0

    def wait(self, error: Unavailable) -> None:
        """Wait before the next attempt.

        Raises:
            Unavailable: this error; it was the last attempt.
        """
        self._failures += 1
        if self._failures == ATTEMPTS:
            raise error
        self._pause(FIRST_PAUSE * 2 ** (self._failures - 1))

    def renew(self) -> None:
        """Forget the failures so far: something has come."""
        self._failures = 0


def through_outages(action: Callable[[], Result], pause: Pause) -> Result:
    """What an action gives that may be done twice; it is done again while the connection breaks.

    Raises:
        Unavailable: it breaks again and again.
    """
    patience = Patience(pause)
    while True:
        try:
            return action()
        except Unavailable as error:
            patience.wait(error)
