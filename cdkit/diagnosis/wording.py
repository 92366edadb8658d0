"""Words of engines and kubelets, made fit to stand in a sentence or as evidence."""

from __future__ import annotations

import re

LONGEST_QUOTE = 240
"""Characters of somebody else's words in a sentence; the whole of them is in the evidence."""

_ESCAPE_SEQUENCE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
"""Control characters, and those of Unicode that turn the direction of text around; a terminal obeys both."""


def plain(text: str) -> str:
    """Somebody else's words without what a terminal would obey."""
    return _CONTROL.sub(" ", _ESCAPE_SEQUENCE.sub("", text))


def quoted(text: str) -> str:
    """Somebody else's words on one line, without control characters, and cut when they are long."""
    line = " ".join(plain(text).split()).rstrip(".")
    return line if len(line) <= LONGEST_QUOTE else f"{line[: LONGEST_QUOTE - 3]}..."


def evidence(*facts: str) -> tuple[str, ...]:
    """Facts as lines of evidence: several lines a fact where it has them, none twice, none empty."""
    lines = (plain(line).rstrip() for fact in facts for line in fact.splitlines())
    return tuple(dict.fromkeys(line for line in lines if line))


def times(count: int) -> str:
    """`once`, `twice`, `3 times`."""
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def counted(count: int, noun: str) -> str:
    """`1 pod`, `2 pods`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
