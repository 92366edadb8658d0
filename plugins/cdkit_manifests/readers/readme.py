"""README: a sentence about the project, where its metadata has none."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cdkit.api import Fact, ProjectFolder, Source

FILES = ("README.md", "README.markdown", "README.rst", "README.txt", "README")
LONGEST = 300
_NO_SENTENCE = re.compile(r"\s*(?:[#=\-~*_`<>|!\[:.]|$)")
"""Headings, rules, lists, badges, pictures, tables and directives."""
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_MARKS = re.compile(r"[*`]|(?<!\w)_|_(?!\w)")


def read(folder: ProjectFolder) -> Iterator[Fact]:
    """The first paragraph, as far as it is a short one."""
    file = next(filter(folder.has, FILES), "")
    lines = folder.data(file).decode("utf-8", errors="replace").splitlines() if file else []
    start = next((number for number, line in enumerate(lines) if not _NO_SENTENCE.match(line)), None)
    if start is None:
        return
    end = next((number for number in range(start, len(lines)) if _NO_SENTENCE.match(lines[number])), len(lines))
    if end < len(lines) and re.match(r"\s*[=\-~]{3,}\s*$", lines[end]):
        # What is underlined is the title.
        return
    text = _MARKS.sub("", _LINK.sub(r"\1", " ".join(line.strip() for line in lines[start:end])))
    if text and len(text) <= LONGEST:
        yield Fact("description", text, Source(file, start + 1, "the first paragraph"), "assumed")
