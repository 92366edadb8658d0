"""The console: plain lines, each of which says whose it is."""

from __future__ import annotations

from typing import TextIO

from cdkit.models.event import Event
from cdkit.report.wording import Wording


class Console:
    """Writes the lines of whatever happens.

    Args:
        out: where to write.
        wording: which lines.
    """

    def __init__(self, out: TextIO, wording: Wording) -> None:
        self._out = out
        self._wording = wording

    def report(self, event: Event) -> None:
        """Write what the event says, if it says anything to a person."""
        for line in self._wording.lines(event):
            self._out.write(line + "\n")

    def flush(self) -> None:
        """Show what was written."""
        self._out.flush()
