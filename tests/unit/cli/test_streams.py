"""What commands do when nobody takes what they say: a full disk, or a reader who has gone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest

from tests.unit.cli.command import ROOT, Ended

FULL = Path("/dev/full")
"""It is always full: https://man7.org/linux/man-pages/man4/full.4.html"""

PIPELINE = """
name: shop
steps:
  work: {uses: run, with: {command: touch done}}
"""

ANSWERS = [
    "--version",
    "--help",
    "steps",
    "steps run",
    "steps --help",
    "validate",
    "plan",
    "plan --output json",
    "schema",
    "graph",
    "runs",
    "explain build",
    "completion bash",
    "init --print",
]
"""Commands whose answer is what they print."""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A pipeline with one step."""
    (tmp_path / "cdkit.yaml").write_text(PIPELINE)
    return tmp_path


def cdkit_into(out: IO[bytes], folder: Path, *command: str, **env: str) -> Ended:
    """Run a command whose standard output goes somewhere."""
    search = f"{ROOT}{os.pathsep}{ROOT / 'plugins'}"
    done = subprocess.run(
        [sys.executable, "-m", "cdkit", *command],
        cwd=folder,
        env={"PATH": os.defpath, "PYTHONPATH": search, "PYTHONWARNINGS": "error", "PYTHONUTF8": "1", **env},
        stdout=out,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Traceback" not in done.stderr
    assert "unexpectedly" not in done.stderr
    return Ended(done.returncode, "", done.stderr)


def to_full_disk(folder: Path, *command: str, **env: str) -> Ended:
    with FULL.open("wb") as full:
        return cdkit_into(full, folder, *command, **env)


def to_nobody(folder: Path, *command: str) -> Ended:
    """Who would have read has gone before the first word."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as nobody:
        return cdkit_into(nobody, folder, *command)


@pytest.mark.parametrize("command", ANSWERS)
def test_an_answer_that_cannot_be_written_is_a_failure_of_the_world(project: Path, command: str) -> None:
    ended = to_full_disk(project, *command.split())
    assert "Standard output cannot be written: No space left on device." in ended.err
    assert ended.code == 4


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_it_does_not_matter_how_python_buffers(project: Path, unbuffered: str) -> None:
    for command in ("--help", "validate"):
        assert to_full_disk(project, command, PYTHONUNBUFFERED=unbuffered).code == 4


@pytest.mark.parametrize("command", ANSWERS)
def test_a_reader_who_has_gone_ends_an_answer_quietly(project: Path, command: str) -> None:
    ended = to_nobody(project, *command.split())
    assert "output" not in ended.err
    assert ended.code == 141


def test_a_run_goes_on_when_it_cannot_be_shown_and_says_so(project: Path) -> None:
    ended = to_full_disk(project, "run")
    assert ended.err == "warning: not all was shown: standard output cannot be written: No space left on device\n"
    assert ended.code == 0
    assert (project / "done").exists()


def test_a_run_goes_on_quietly_when_nobody_reads(project: Path) -> None:
    assert to_nobody(project, "run") == Ended(0, "", "")
    assert (project / "done").exists()


def test_what_is_wrong_otherwise_decides_about_the_exit_code(project: Path) -> None:
    (project / "cdkit.yaml").write_text("name: shop\nsteps: {work: {uses: rum}}\n")
    for command in ("validate", "plan", "run"):
        assert to_full_disk(project, command).code == 2


def test_nobody_is_left_to_tell_when_standard_error_is_full_too(project: Path) -> None:
    with FULL.open("wb") as full:
        command = [sys.executable, "-m", "cdkit", "validate"]
        environ = {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'plugins'}"}
        assert subprocess.run(command, cwd=project, env=environ, stdout=full, stderr=full, check=False).returncode == 4


def test_a_watch_ends_when_nobody_sees_it(project: Path) -> None:
    assert to_nobody(project, "watch") == Ended(141, "", "")
