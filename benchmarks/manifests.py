"""What manifests cost: of the largest project of the corpus, and of a monorepo."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.timing import Figure, command, medians, seconds_of
from tests.corpus import Case, cases

ROUNDS = 7
PROJECTS = 500
IMAGE = "registry.example/application@sha256:" + "a" * 64
NOWHERE = {name: value for name, value in os.environ.items() if name != "KUBECONFIG"} | {"HOME": "/nowhere"}
"""Without a cluster: what it takes to ask one is no cost of ours."""


def figures() -> Iterator[Figure]:
    """The largest project: seconds and memory of the whole command; a monorepo: seconds of one run."""
    case = max(cases(), key=_size)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        generate = _step(case, folder)
        (seconds,) = medians(ROUNDS, lambda: command(generate, directory=name, env=NOWHERE))
        yield Figure(f"manifests of the largest project ({case.name})", seconds, 0.5, "s", "the whole command")
        yield Figure("memory of that", _megabytes(generate, folder), 100.0, "MB", "the most that was resident")
    with tempfile.TemporaryDirectory() as name:
        run = _monorepo(Path(name))
        seconds = seconds_of(lambda: command(run, directory=name, env=NOWHERE))
        detail = f"{seconds / PROJECTS * 1000:.0f} ms a project, checked and written"
        yield Figure(f"manifests of a monorepo of {PROJECTS} projects", seconds, 15.0, "s", detail)


def _size(case: Case) -> int:
    return sum(path.stat().st_size for path in case.root.rglob("*") if path.is_file())


def _step(case: Case, folder: Path) -> list[str]:
    options = ["--image", IMAGE, "--project", str(case.root), "--output", str(folder / "manifests.yaml")]
    return [sys.executable, "-m", "cdkit", "step", "generate-manifests", *options]


def _megabytes(arguments: list[str], folder: Path) -> float:
    """The most memory that a command had resident, as the kernel tells of a child that has ended."""
    with subprocess.Popen(arguments, cwd=folder, env=NOWHERE, stdout=subprocess.DEVNULL) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(arguments)} failed")
    return (usage.ru_maxrss if sys.platform != "darwin" else usage.ru_maxrss / 1024) / 1024


def _monorepo(folder: Path) -> list[str]:
    """The projects of the corpus over and over, and a pipeline with a step for each."""
    known = cases()
    for number in range(PROJECTS):
        shutil.copytree(known[number % len(known)].root, folder / "services" / f"service-{number}")
    steps = "".join(
        f"  s{number}:\n"
        "    uses: generate-manifests\n"
        f"    with: {{image: '{IMAGE}', name: service-{number}, project: services/service-{number}}}\n"
        for number in range(PROJECTS)
    )
    (folder / "cdkit.yaml").write_text(f"name: monorepo\nsteps:\n{steps}")
    return [sys.executable, "-m", "cdkit", "run"]
