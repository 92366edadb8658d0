"""Completion, in a real bash; of zsh and fish the scripts are made."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.cli.command import ROOT, Here


@pytest.fixture
def path(tmp_path: Path) -> str:
    """A PATH on which `cdkit` is this one."""
    program = tmp_path / "bin" / "cdkit"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cdkit "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    return f"{program.parent}{os.pathsep}{os.environ['PATH']}"


def completed(path: str, *words: str) -> list[str]:
    """What bash offers for the last of the words."""
    script = (
        'source <(cdkit completion bash); COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); '
        '_cdkit_completion cdkit; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    ended = subprocess.run(
        ["bash", "-c", script, "bash", *words],
        env={**os.environ, "PATH": path, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'plugins'}"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    return ended.stdout.split()


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (("cdkit", "va"), ["validate"]),
        (("cdkit", "ste"), ["step", "steps"]),
        (("cdkit", "step", "build"), ["build-image"]),
        (("cdkit", "step", "build-image", "--dock"), ["--dockerfile"]),
        (("cdkit", "steps", "push"), ["push-to-registry"]),
        (("cdkit", "graph", "--format", "m"), ["mermaid"]),
        (("cdkit", "completion", ""), ["bash", "zsh", "fish"]),
        (("cdkit", "run", "--dry"), ["--dry-run"]),
    ],
)
def test_bash_completes(path: str, words: tuple[str, ...], offered: list[str]) -> None:
    assert completed(path, *words) == offered


@pytest.mark.parametrize(
    ("shell", "sign"), [("zsh", "#compdef cdkit"), ("fish", "complete --no-files --command cdkit")]
)
def test_the_scripts_of_other_shells_are_made(here: Here, shell: str, sign: str) -> None:
    ended = here("completion", shell)
    assert (ended.code, ended.err) == (0, "")
    assert sign in ended.out
    assert f"_CDKIT_COMPLETE={shell}_complete" in ended.out
