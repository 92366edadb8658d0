"""Whether a run keeps up with steps that print much."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.timing import Figure, seconds_of

STEPS, LINES = 64, 10_000
ROUNDS = 3
WORDS = "which is about as long as the lines that compilers print"


def figures() -> Iterator[Figure]:
    """64 steps in parallel that print 10,000 lines each: in a file, in the journal, and through a secret's mask."""
    with tempfile.TemporaryDirectory() as name:
        for what, secrets in (("", ""), (", with a secret", "secrets: {TOKEN: {env: BENCH_TOKEN}}\n")):
            folder = Path(name)
            (folder / "cdkit.yaml").write_text(f"name: bench\n{secrets}steps:\n{_steps()}")
            seconds = statistics.median([seconds_of(lambda: _run(folder)) for _ in range(ROUNDS)])  # noqa: B023
            detail = f"{STEPS * LINES / seconds:,.0f} lines/s"
            yield Figure(f"{STEPS} steps that print {LINES:,} lines each{what}", seconds, 10.0, "s", detail)


def _steps() -> str:
    return "".join(
        f"  s{number}: {{uses: run, with: {{command: [seq, -f, 's{number} %.0f {WORDS}', '{LINES}']}}}}\n"
        for number in range(STEPS)
    )


def _run(folder: Path) -> None:
    environ = {**os.environ, "BENCH_TOKEN": "correct-horse-battery-staple"}
    command = [sys.executable, "-m", "cdkit", "run", "--jobs", str(STEPS)]
    out = folder / "out.txt"
    with out.open("wb") as file:
        subprocess.run(command, cwd=folder, env=environ, stdout=file, check=True)
    with out.open("rb") as file:
        found = sum(WORDS.encode() in line for line in file)
    if found != STEPS * LINES:
        raise SystemExit(f"{found} lines of {STEPS * LINES} were shown")
