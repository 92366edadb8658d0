"""Somebody else's words without what moves a cursor, talks to a terminal or turns the direction of writing around."""

from __future__ import annotations

import re

# Compiled when the first text is met that needs it: most runs print none.
_ESCAPE_SEQUENCE = r"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|[ -/]*[0-~]?)"
_LINE_BREAKS = r"(?:\r\n|[\r\v\f\u2028\u2029])"
_CONTROL = r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
"""Control characters but for tab and line feed, what turns the direction of writing around, and halves of pairs."""


def plain_text(text: str) -> str:
    """The text without escape sequences and control characters; its lines end with line feeds."""
    return text if text.isprintable() else without_controls(re.sub(_LINE_BREAKS, "\n", text))


def plain_line(text: str) -> str:
    """The same as one line."""
    return " ".join(plain_text(text).split())


def without_controls(text: str) -> str:
    """The text without escape sequences and control characters, of which tabs and line feeds are none."""
    return re.sub(_CONTROL, "", re.sub(_ESCAPE_SEQUENCE, "", text))
