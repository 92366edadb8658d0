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
FIRST_PAUSE_SECONDS = 0.25
LONGEST_PAUSE_SECONDS = 10.0
GIVE_UP_SECONDS = 120.0
"""No pause reaches beyond this time after the first attempt, whatever the registry asks for."""


class PassingFault(Exception):
    """A fault that may pass; not an error yet.

    Args:
        error: what to raise when it does not.
        retry_after: how many seconds the registry asks us to wait; 0 when it does not say.
    """

    def __init__(self, error: RegistryUnreachable, retry_after: float = 0.0) -> None:
        super().__init__(str(error))
        self.error = error
        self.retry_after = retry_after


def persist(attempt: Callable[[], Result], clock: Clock, cancellation: Cancellation) -> Result:
    """The result of an attempt, made again while it meets faults that may pass.

    Pauses double, with a little randomness, so that a hundred builds do not ask a registry that comes back all at
    once; where the registry says how long to wait (Retry-After), that counts.

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
            if number == ATTEMPTS or clock.monotonic() + seconds > latest:
                raise fault.error from fault.__cause__
            pause(clock, seconds, cancellation)
    raise AssertionError  # `count` has no end


def _pause_after(attempt: int) -> float:
    seconds: float = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** (attempt - 1))
    return seconds * random.uniform(0.75, 1.25)  # noqa: S311 -- no secret depends on it
