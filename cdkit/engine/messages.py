"""What reaches the thread that leads a run."""

from __future__ import annotations

from typing import Protocol

import msgspec

from cdkit.errors import Cancelled
from cdkit.flow.clock import Inbox


class Interrupted(msgspec.Struct, frozen=True):
    """The run is to stop its steps and end: a signal came.

    Attributes:
        signal_number: which one; it decides about the exit code.
        why: what the steps are told.
    """

    signal_number: int
    why: str = "The run was cancelled."

    @property
    def reason(self) -> Cancelled:
        """The error with which the steps end."""
        return Cancelled(self.why, signal_number=self.signal_number)


Messages = Inbox[object]
"""The mailbox of that thread: signals, and whatever the threads that it started have to say."""


class Interruptible(Protocol):
    """Who is told of a signal: a mailbox, or somebody who hands it on to one."""

    def put(self, message: Interrupted) -> None:
        """Take the signal; called by its handler, so that it may not wait for anything."""
        ...
