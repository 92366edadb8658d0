"""Events as JSON, one a line, for programs that read along."""

from __future__ import annotations

from typing import TextIO

import msgspec

from cdkit.models.event import Event


class JsonLines:
    """Writes every event as one line of JSON.

    Args:
        out: where to write.
    """

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._encoder = msgspec.json.Encoder()

    def report(self, event: Event) -> None:
        """Write the event."""
        self._out.write(f"{self._encoder.encode(event).decode()}\n")

    def flush(self) -> None:
        """Hand on what was written."""
        self._out.flush()
