"""A Makefile with a target `test`: for projects whose language is not known."""

from __future__ import annotations

import re
from pathlib import Path

from cdkit.scaffold.files import read_text
from cdkit.scaffold.language import Command, Language

FILE = "Makefile"
_TEST = re.compile(r"^test[ \t]*:(?!=)", re.MULTILINE)


def look(folder: Path) -> Language | None:
    """The Makefile of a folder, where it knows how to test."""
    if not _TEST.search(read_text(folder / FILE)):
        return None
    return Language("make", FILE, test=Command("make test", f"the target `test` in {FILE}"))
