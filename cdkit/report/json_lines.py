"""Events as JSON, one a line, for programs that read along; harmless too where a log or a terminal shows it."""

from __future__ import annotations

import re
from typing import TextIO

import msgspec

from cdkit.models.event import Event

_NOT_TO_BE_SHOWN = re.compile(r"[\x7f-\x9f\u2028-\u202e\u2066-\u2069]|#(?=#)")
"""What talks to a terminal or turns the direction of writing around, and what begins a command of a build server that
reads them anywhere in a line (`##vso[`, `##teamcity[`)."""


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
        self._out.write(f"{harmless_json(self._encoder.encode(event))}\n")

    def flush(self) -> None:
        """Hand on what was written."""
        self._out.flush()


def harmless_json(encoded: bytes) -> str:
    """JSON that means the same, in which nothing talks to a terminal or commands a build server."""
    return _NOT_TO_BE_SHOWN.sub(_by_number, encoded.decode())


def _by_number(letter: re.Match[str]) -> str:
    """A letter as JSON may write it, too; all of these stand within strings."""
    return f"\\u{ord(letter[0]):04x}"
