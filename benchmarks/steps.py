"""What a step costs that does nothing, and what a large pipeline costs."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.timing import Figure, command, medians, megabytes

STEPS = 200
MANY = 2_000
ROUNDS = 5
PLUGIN = Path(__file__).parent / "noop_plugin"
ENV = {**os.environ, "PYTHONPATH": str(PLUGIN)}


def figures() -> Iterator[Figure]:
    """The time above the start-up, a step; and time and memory of a graph of 2,000 steps."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for kind, options in (("noop", ""), ("run", "with: {command: [/bin/true]}")):
            yield _overhead(f"a {kind} step, of a pipeline of {STEPS}", folder, kind, options, STEPS)
        yield _overhead(f"a noop step, of a graph of {MANY:,}", folder, "noop", "", MANY)
        yield _validation(_pipeline(folder, "noop", "", 50))
        file = _pipeline(folder, "noop", "", MANY)
        (seconds,) = medians(ROUNDS, lambda: command(_cdkit("plan", file), env=ENV))
        yield Figure(f"cdkit plan of a graph of {MANY:,} steps", seconds, 1.0, "s", "")
        yield Figure(
            f"memory of a run of {MANY:,} steps",
            megabytes(_cdkit("run", file), env=ENV),
            150.0,
            "MB",
            "the most that was resident",
        )


def _overhead(what: str, folder: Path, kind: str, options: str, count: int) -> Figure:
    files = [_pipeline(folder, kind, options, number) for number in (count, 1)]
    runs = [_cdkit("run", file) for file in files]
    many, one = medians(ROUNDS, *(lambda run=run: command(run, env=ENV) for run in runs))  # type: ignore[misc]
    detail = f"{many * 1000:.0f} ms for {count}, {one * 1000:.0f} ms for one"
    return Figure(what, (many - one) / (count - 1) * 1000, 2.0, "ms/step", detail)


def _validation(file: Path) -> Figure:
    bare, seconds = medians(
        3 * ROUNDS,
        lambda: command([sys.executable, "-c", "pass"]),
        lambda: command(_cdkit("validate", file), env=ENV),
    )
    detail = f"{seconds * 1000:.0f} ms to {bare * 1000:.0f} ms"
    return Figure("cdkit validate of 50 steps / python -c pass", seconds / bare, 15.0, "x", detail)


def _cdkit(name: str, file: Path) -> list[str]:
    return [sys.executable, "-m", "cdkit", name, "--file", str(file)]


def _pipeline(folder: Path, kind: str, options: str, count: int) -> Path:
    """Steps of which each but the first ten needs two before it: a graph, and none that runs one by one."""
    file = folder / f"{kind}-{count}.yaml"
    needs = [f"needs: [s{number - 10}, s{number // 2}]" if number >= 10 else "" for number in range(count)]  # noqa: PLR2004 -- see above
    steps = "".join(f"  s{number}:\n    uses: {kind}\n    {options}\n    {needs[number]}\n" for number in range(count))
    file.write_text(f"name: bench\nsteps:\n{steps}")
    return file
