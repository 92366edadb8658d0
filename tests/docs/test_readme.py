"""What the README says to type works as it stands."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SETUP = ("make demo", "make test", "pip install .")
"""Run by `test_demo.py`, by whoever runs this, and by the virtual environment that this runs in."""


def blocks(language: str) -> list[str]:
    return [text for name, text in BLOCK.findall(README) if name == language]


COMMANDS = [line for block in blocks("sh") for line in block.splitlines() if line not in SETUP]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("readme")
    (folder / "cdkit.yaml").write_text(blocks("yaml")[0], encoding="utf-8")
    return folder


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_of_the_readme_works(project: Path, command: str) -> None:
    program, *arguments = command.split()
    assert program == "cdkit"
    ended = subprocess.run(
        [sys.executable, "-m", program, *arguments],
        cwd=project,
        env={**os.environ, "PYTHONPATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_every_step_is_in_the_readme() -> None:
    from cdkit.plugin.installed import installed_plugins
    from cdkit.plugin.manager import load_steps

    for name in load_steps(installed_plugins()).steps:
        assert f"| `{name}` |" in README


def test_every_exit_code_is_documented_alike() -> None:
    from cdkit.errors import CdkitError

    codes = {kind.exit_code for kind in descendants(CdkitError)}
    architecture = (REPOSITORY / "docs" / "architecture.md").read_text(encoding="utf-8")
    for text in (README, architecture):
        for code in codes - {130}:
            assert re.search(rf"^\| {code} \|", text, re.MULTILINE), code


def descendants(kind: type) -> list[type]:
    return [kind, *(below for child in kind.__subclasses__() for below in descendants(child))]
