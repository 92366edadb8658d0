"""Patterns of paths: `*`, `?` and `[...]` within a name, `**` for any number of folders."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from itertools import groupby


def matcher(patterns: Sequence[str]) -> Callable[[str], bool]:
    """A function that says whether a path, relative to the folder of the patterns, is meant by one of them."""
    wanted = [_parts(pattern) for pattern in patterns]

    def is_meant(path: str) -> bool:
        names = path.split("/")
        return any(_fits(names, parts) for parts in wanted)

    return is_meant


def _parts(pattern: str) -> list[str]:
    """The pattern's names. One `**` behind another says nothing new, and neither do `.` and a slash in front."""
    parts = [part for part in pattern.split("/") if part not in {"", "."}]
    return [part for part, group in groupby(parts) for part in ([part] if part == "**" else list(group))]


def _fits(names: Sequence[str], parts: Sequence[str]) -> bool:
    if not parts:
        return not names
    if parts[0] == "**":
        # At the end it stands for all that is in the folder.
        rest = parts[1:] or ["*"]
        return any(_fits(names[start:], rest) for start in range(len(names)))
    return bool(names) and fnmatchcase(names[0], parts[0]) and _fits(names[1:], parts[1:])
