"""What docs/commands.md says to type works as it stands, and no command is missing there."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from cdkit.cli.app import COMMANDS
from cdkit.cli.plugin_commands import plugin_commands

REPOSITORY = Path(__file__).parents[2]
PAGE = (REPOSITORY / "docs" / "commands.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXAMPLES = [line for name, text in BLOCK.findall(PAGE) if name == "sh" for line in text.splitlines()]
DEPENDS_ON_THE_MACHINE = {"cdkit doctor": {0, 3}}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The pipeline of the page, and a run of it, for the commands that show past runs."""
    program = tmp_path / "bin" / "cdkit"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cdkit "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "cdkit.yaml").write_text(BLOCK.findall(PAGE)[0][1], encoding="utf-8")
    assert typed(folder, "cdkit run").returncode == 0
    return folder


def is_endless(command: str) -> bool:
    """Whether a command ends only when it is told to."""
    return command.startswith("cdkit watch")


def started(folder: Path, command: str) -> subprocess.Popen[str]:
    """A line that is typed into a shell."""
    search = f"{REPOSITORY}{os.pathsep}{REPOSITORY / 'plugins'}"
    path = f"{folder.parent / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return subprocess.Popen(
        ["sh", "-c", command],
        cwd=folder,
        env={**os.environ, "PATH": path, "PYTHONPATH": search, "HOME": str(folder.parent)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def typed(folder: Path, command: str) -> subprocess.CompletedProcess[str]:
    """What comes of it."""
    with started(folder, command) as process:
        out, err = process.communicate(timeout=60)
    return subprocess.CompletedProcess(command, process.returncode, out, err)


@pytest.mark.parametrize("command", [line for line in EXAMPLES if is_endless(line)])
def test_an_endless_example_works_until_ctrl_c(project: Path, command: str) -> None:
    with started(project, f"exec {command}") as process:
        # Its end ends the reading, too, of what it never shows.
        latest = threading.Timer(60, process.kill)
        latest.start()
        assert process.stdout is not None
        while "Ctrl-C ends it." not in (line := process.stdout.readline()):
            assert line, process.communicate()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
        latest.cancel()
    assert process.returncode == 130, out + err


@pytest.mark.parametrize("command", [line for line in EXAMPLES if not is_endless(line)])
def test_an_example_works(project: Path, command: str) -> None:
    ended = typed(project, command)
    assert ended.returncode in DEPENDS_ON_THE_MACHINE.get(command, {0}), ended.stdout + ended.stderr
    assert "Traceback" not in ended.stdout + ended.stderr


def test_every_command_has_its_section() -> None:
    assert sorted(re.findall(r"^## `cdkit ([\w-]+)`$", PAGE, re.MULTILINE)) == sorted(
        {*COMMANDS, *plugin_commands(COMMANDS)}
    )
