"""SIGINT and SIGTERM: once stops the run cleanly, twice at once."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from cdkit.engine.messages import Interrupted, Interruptible

SIGNALS = (signal.SIGINT, signal.SIGTERM)


def say_on_stderr(text: str) -> None:
    """Write a line of its own, also when the terminal shows `^C` already."""
    with suppress(OSError):
        sys.stderr.write(f"\n{text}\n")


def _leave() -> None:
    """Nothing is left to do."""


@contextmanager
def interruptions(
    inbox: Interruptible, *, say: Callable[[str], None] = say_on_stderr, leave: Callable[[], None] = _leave
) -> Iterator[None]:
    """Leave signals in the mailbox of the run while it runs.

    Args:
        inbox: the mailbox, or who hands them on to it.
        say: tells the person that the signal was heard.
        leave: the last that is done before a second signal ends the process.
    """
    came: list[int] = []

    def handle(number: int, _: FrameType | None) -> None:
        came.append(number)
        if len(came) > 1:
            leave()
            os._exit(128 + number)
        say("Stopping the steps and cleaning up; once more to stop at once.")
        inbox.put(Interrupted(number))

    before = {number: signal.signal(number, handle) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
