"""What reaches the thread that leads a run."""

from __future__ import annotations

import msgspec

from cdkit.flow.clock import Inbox


class Interrupted(msgspec.Struct, frozen=True):
    """A signal came: stop the steps and end."""

    signal_number: int


Messages = Inbox[object]
"""The mailbox of that thread: signals, and whatever the threads that it started have to say."""
