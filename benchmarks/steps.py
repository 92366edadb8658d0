"""What a step costs that does nothing."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.timing import Figure, command, medians

STEPS = 200
ROUNDS = 5
PLUGIN = Path(__file__).parent / "noop_plugin"


def figures() -> Iterator[Figure]:
    """The time above the start-up, a step, for a step in our own process and for one that starts a command."""
    with tempfile.TemporaryDirectory() as folder:
        for kind, options in (("noop", ""), ("run", "with: {command: [/bin/true]}")):
            many, one = _measure(Path(folder), kind, options)
            per_step = (many - one) / (STEPS - 1) * 1000
            detail = f"{many * 1000:.0f} ms for {STEPS}, {one * 1000:.0f} ms for one"
            yield Figure(f"a {kind} step, of a pipeline of {STEPS}", per_step, 2.0, "ms/step", detail)


def _measure(folder: Path, kind: str, options: str) -> tuple[float, float]:
    files = [_pipeline(folder, kind, options, count) for count in (STEPS, 1)]
    env = {**os.environ, "PYTHONPATH": str(PLUGIN)}
    runs = [[sys.executable, "-m", "cdkit", "run", "--file", str(file)] for file in files]
    many, one = medians(ROUNDS, *(lambda run=run: command(run, env=env) for run in runs))  # type: ignore[misc]
    return many, one


def _pipeline(folder: Path, kind: str, options: str, count: int) -> Path:
    file = folder / f"{kind}-{count}.yaml"
    steps = "".join(f"  s{number}:\n    uses: {kind}\n    {options}\n" for number in range(count))
    file.write_text(f"name: bench\nsteps:\n{steps}")
    return file
