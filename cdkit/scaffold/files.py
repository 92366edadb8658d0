"""Reading a project's files. They may hold anything, and none of them may end the reading."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

LARGEST = 1024 * 1024


def read_text(path: Path) -> str:
    """The text of a file; empty when there is none, or when it is too large to be metadata."""
    try:
        if not path.is_file() or path.stat().st_size > LARGEST:
            return ""
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def read_toml(path: Path) -> Mapping[str, Any]:
    """The tables of a TOML file; none when it cannot be read."""
    try:
        return tomllib.loads(read_text(path))
    except (ValueError, RecursionError):
        return {}


def read_json(path: Path) -> Mapping[str, Any]:
    """The object in a JSON file; empty when it cannot be read, or is something else."""
    try:
        return mapping(json.loads(read_text(path)))
    except (ValueError, RecursionError):
        return {}


def mapping(value: Any) -> Mapping[str, Any]:
    """The value where it is a mapping, else an empty one."""
    return value if isinstance(value, dict) else {}


def text(value: Any) -> str:
    """The value where it is text, else nothing."""
    return value if isinstance(value, str) else ""


def first_present(folder: Path, names: Mapping[str, str]) -> tuple[str, str]:
    """The first of some files that is there, and what it stands for; two empty texts when none is."""
    return next(((name, meaning) for name, meaning in names.items() if (folder / name).is_file()), ("", ""))
