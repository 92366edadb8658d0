"""Go: go.mod."""

from __future__ import annotations

import re
from pathlib import Path

from cdkit.scaffold.files import read_text
from cdkit.scaffold.language import Command, Language

FILE = "go.mod"
_MODULE = re.compile(r"^module[ \t]+\"?([^\s\"]+)", re.MULTILINE)
_MAJOR = re.compile(r"/v\d+$")


def look(folder: Path) -> Language | None:
    """The Go module of a folder."""
    if not (folder / FILE).is_file():
        return None
    module = _MODULE.search(read_text(folder / FILE))
    name = _MAJOR.sub("", module[1]).rpartition("/")[2] if module else ""
    return Language("go", FILE, name, test=Command("go test ./...", FILE))
