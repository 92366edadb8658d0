"""How long it takes until cdkit does anything."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks.timing import Figure, command, medians

ROUNDS = 15


def figures() -> Iterator[Figure]:
    """`--version` and `--help` as ratios to the bare interpreter."""
    cdkit = str(Path(sys.executable).with_name("cdkit"))
    bare, version, help_text = medians(
        ROUNDS,
        lambda: command([sys.executable, "-c", "pass"]),
        lambda: command([cdkit, "--version"]),
        lambda: command([cdkit, "--help"]),
    )
    for what, seconds, goal in (("--version", version, 5.0), ("--help", help_text, 8.0)):
        detail = f"{seconds * 1000:.0f} ms to {bare * 1000:.0f} ms"
        yield Figure(f"cdkit {what} / python -c pass", seconds / bare, goal, "x", detail)
