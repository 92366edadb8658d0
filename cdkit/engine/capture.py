"""What a step prints by itself, as `print` does, is output of that step and goes the way of every other line."""

from __future__ import annotations

import io
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Say = Callable[[str], None]

LONGEST_LINE = 1 << 20


class Capture(io.TextIOBase):
    """Stands in for `sys.stdout` while steps run. Each thread of a step has its own line in the making.

    Args:
        say_unclaimed: gets the lines of threads that no step has claimed: those that a plugin started by itself.
    """

    def __init__(self, say_unclaimed: Say) -> None:
        self._say_unclaimed = say_unclaimed
        self._local = threading.local()

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, text: str) -> int:
        """Take text; every whole line of it is said at once."""
        pending: str = getattr(self._local, "pending", "") + text
        *lines, rest = pending.split("\n")
        if len(rest) > LONGEST_LINE:
            lines.append(rest)
            rest = ""
        self._local.pending = rest
        say: Say = getattr(self._local, "say", self._say_unclaimed)
        for line in lines:
            say(line)
        return len(text)

    @contextmanager
    def claimed(self, say: Say) -> Iterator[None]:
        """What this thread prints is said by `say` from now on; a last line without a line break too."""
        self._local.say = say
        try:
            yield
        finally:
            rest: str = getattr(self._local, "pending", "")
            if rest:
                say(rest)
            self._local.__dict__.clear()


@contextmanager
def captured(say: Say) -> Iterator[Capture]:
    """Put a `Capture` in the place of `sys.stdout`; reporters keep the stream that they were given before."""
    capture = Capture(say)
    before = sys.stdout
    sys.stdout = capture
    try:
        yield capture
    finally:
        sys.stdout = before
