"""Asking a registry again, when the first answer was a fault that may pass."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import count
from typing import TypeVar

from cdkit.errors import RegistryUnreachable
from cdkit.flow.cancellation import Cancellation, pause
from cdkit.flow.clock import Clock

Result = TypeVar("Result")

ATTEMPTS = 6
FIRST_CONTACTS = 2
"""So often a connection is tried to a registry that has never answered: it will hardly be there a moment later."""
FIRST_PAUSE_SECONDS = 0.25
LONGEST_PAUSE_SECONDS = 10.0
GIVE_UP_SECONDS = 120.0
"""No pause reaches beyond this time after the first attempt, whatever the registry asks for."""


class PassingFault(Exception):
    """A fault that may pass; not an error yet.

    Args:
        error: what to raise when it does not.
        retry_after: how many seconds the registry asks us to wait; 0 when it does not say.
        connected: whether a connection came about at all.
    """

    def __init__(self, error: RegistryUnreachable, retry_after: float = 0.0, *, connected: bool = True) -> None:
        super().__init__(str(error))
        self.error = error
        self.retry_after = retry_after
        self.connected = connected


def persist(
    attempt: Callable[[], Result], clock: Clock, cancellation: Cancellation, *, connects: int = ATTEMPTS
) -> Result:
    """The result of an attempt, made again while it meets faults that may pass.

    Pauses double, with a little randomness, so that a hundred builds do not ask a registry that comes back all at
    once; where the registry says how long to wait (Retry-After), that counts.

    Args:
        attempt: what is tried.
        clock: the time.
        cancellation: ends the waiting.
        connects: how often a connection is tried before none is hoped for.

    Raises:
        RegistryUnreachable: the fault did not pass.
        CdkitError: the reason of the cancellation, or what the attempt itself raised.
    """
    latest = clock.monotonic() + GIVE_UP_SECONDS
    for number in count(1):
        cancellation.raise_if_cancelled()
        try:
            return attempt()
        except PassingFault as fault:
            seconds = fault.retry_after or _pause_after(number)
            most = ATTEMPTS if fault.connected else connects
            if number >= most or clock.monotonic() + seconds > latest:
                raise fault.error from fault.__cause__
            pause(clock, seconds, cancellation)
    raise AssertionError  # `count` has no end


def _pause_after(attempt: int) -> float:
    seconds: float = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** (attempt - 1))
    return seconds * random.uniform(0.75, 1.25)  # noqa: S311 -- no secret depends on it
