"""SIGINT and SIGTERM: once stops the run cleanly, twice at once."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from cdkit.engine.messages import Interrupted, Messages

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def interruptions(inbox: Messages) -> Iterator[None]:
    """Leave signals in the mailbox of the run while it runs."""
    came: list[int] = []

    def handle(number: int, _: FrameType | None) -> None:
        came.append(number)
        if len(came) > 1:
            os._exit(128 + number)
        sys.stderr.write("\nStopping the steps and cleaning up; once more to stop at once.\n")
        inbox.put(Interrupted(number))

    before = {number: signal.signal(number, handle) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
