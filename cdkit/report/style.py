"""Colours and signs for terminals, and plain text for everything else."""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from cdkit.models.plain_text import without_controls

Colour = Literal["green", "red", "yellow", "cyan", "dim", "bold"]

_CODES: dict[str, str] = {"green": "32", "red": "31", "yellow": "33", "cyan": "36", "dim": "2", "bold": "1"}
# Compiled when the first line is met that needs it: most runs print none.
_COLOUR_SEQUENCE = r"\x1b\[[0-9;]*m"
_LINE_BREAK = r"[\r\n\v\f\u2028\u2029]+"


class Style(msgspec.Struct, frozen=True):
    """How to write.

    Attributes:
        colour: write colours.
        unicode: the terminal or file takes more than ASCII.
    """

    colour: bool = False
    unicode: bool = True

    def paint(self, text: str, colour: Colour) -> str:
        """The text in a colour, where colours are written."""
        return f"\x1b[{_CODES[colour]}m{text}\x1b[0m" if self.colour else text

    def sign(self, name: str) -> str:
        """A sign of one character: start, done, failed, skipped, output, waiting, retry, warning, detail."""
        plain, fancy = _SIGNS[name]
        return fancy if self.unicode else plain

    def harmless(self, text: str) -> str:
        """Somebody else's text as one line, without anything that moves the cursor or talks to the terminal.

        Colours stay where colours are written.
        """
        if text.isprintable():
            return text
        line = re.sub(_LINE_BREAK, " ", text.rstrip("\r\n"))
        if not self.colour:
            return without_controls(line)
        kept = re.findall(_COLOUR_SEQUENCE, line)
        clean = [without_controls(part) for part in re.split(_COLOUR_SEQUENCE, line)]
        joined = clean[0] + "".join(code + part for code, part in zip(kept, clean[1:], strict=True))
        return f"{joined}\x1b[0m" if kept else joined


_SIGNS = {
    "start": (">", "▶"),
    "done": ("+", "✓"),
    "failed": ("x", "✗"),
    "skipped": ("-", "–"),
    "output": ("|", "│"),
    "waiting": (".", "…"),
    "retry": ("~", "↻"),
    "warning": ("!", "!"),
    "detail": (":", "·"),
}
