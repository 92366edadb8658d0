"""Golden files: what a program is known to print, reviewed as a diff."""

from __future__ import annotations

from difflib import unified_diff
from pathlib import Path


def check_golden(path: Path, text: str, *, update: bool = False) -> None:
    """Compare a text with what is written in a file.

    Args:
        path: the golden file.
        text: what came out now.
        update: write it into the file instead.

    Raises:
        AssertionError: they differ, or there is no such file; the message holds the difference.
    """
    if update:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return
    known = path.read_text(encoding="utf-8") if path.exists() else ""
    if known != text:
        lines = unified_diff(known.splitlines(), text.splitlines(), f"{path.name} (golden)", "now", lineterm="")
        difference = "\n".join(lines) or "they differ in their line breaks"
        raise AssertionError(f"{path} is not what came out; --update-golden takes it over:\n{difference}")
