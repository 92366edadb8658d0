"""Places in a text as people count them."""

from __future__ import annotations

import re

from cdkit.api import Source


def source_of_match(file: str, text: str, match: re.Match[str], note: str) -> Source:
    """Where something was found in a file's text; blank lines before it do not count.

    Args:
        file: the path from the project's folder.
        text: its text.
        match: what was found in it.
        note: what a person reads.
    """
    start = match.start() + len(match[0]) - len(match[0].lstrip())
    return Source(file, text.count("\n", 0, start) + 1, note)
