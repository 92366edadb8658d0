"""README: a sentence about the project, where its metadata has none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cdkit.api import Fact, ProjectFolder, Source

FILES = ("README.md", "README.markdown", "README.rst", "README.txt", "README")
LONGEST = 300
_NO_SENTENCE = re.compile(r"\s*(?:[#=\-~*_`<>|!\[:.]|$)")
"""Headings, rules, lists, badges, pictures, tables and directives."""
_UNDERLINE = re.compile(r"\s*[=\-~^\"]{3,}\s*")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_MARKS = re.compile(r"[*`]|(?<!\w)_|_(?!\w)")


def read(folder: ProjectFolder) -> Iterator[Fact]:
    """The first paragraph, as far as it is a short one."""
    file = next(filter(folder.has, FILES), "")
    lines = folder.data(file).decode("utf-8", errors="replace").splitlines() if file else []
    for start, end in _paragraphs(lines):
        written = " ".join(line.strip() for line in lines[start:end])[: LONGEST * 10]
        text = _MARKS.sub("", _LINK.sub(r"\1", written))
        if len(text) <= LONGEST:
            yield Fact("description", text, Source(file, start + 1, "the first paragraph"), "assumed")
        return


def _paragraphs(lines: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The first and the last line (exclusive) of each paragraph; what is underlined is a title, and none."""
    start = None
    for number, line in enumerate([*lines, ""]):
        if not _NO_SENTENCE.match(line):
            start = number if start is None else start
        elif start is not None:
            if not _UNDERLINE.fullmatch(line):
                yield start, number
            start = None
