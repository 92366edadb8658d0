"""What the tests of commands share."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdkit.cli.guard import guarded
from tests.unit.cli.command import Ended, Here


@pytest.fixture
def here(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Here:
    """Runs a command in this process, which is quicker; in the folder of the test."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Ended:
        code = guarded(arguments)
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        assert "failed unexpectedly" not in said.out + said.err
        return Ended(code, said.out, said.err)

    return run
