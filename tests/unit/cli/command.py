"""Runs `cdkit` as a user does, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec

ROOT = Path(__file__).parents[3]


class Ended(msgspec.Struct, frozen=True):
    """How a command ended."""

    code: int
    out: str
    err: str


Here = Callable[..., Ended]
"""Runs a command in the folder of the test, in the process of the test."""


def cdkit(folder: Path, *arguments: str, **env: str) -> Ended:
    """Run a command in a folder; no traceback may be on the screen, whatever happens."""
    search = f"{ROOT}{os.pathsep}{ROOT / 'plugins'}"
    environ = {**os.environ, "PYTHONPATH": search, "PYTHONWARNINGS": "error", "PYTHONUTF8": "1", **env}
    done = subprocess.run(
        [sys.executable, "-m", "cdkit", *arguments],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert "Traceback" not in done.stdout + done.stderr
    assert "failed unexpectedly" not in done.stdout + done.stderr
    return Ended(done.returncode, done.stdout, done.stderr)
