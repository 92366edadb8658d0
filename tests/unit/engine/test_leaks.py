"""Secrets are looked for in what a run has written, and dangerous variables do not reach commands."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from cdkit.engine.child_environment import for_children
from cdkit.engine.leaks import OVERLAP, PIECE, leaks, written_by
from cdkit.redact import Redactor

SECRET = "correct horse battery"


@pytest.mark.parametrize("text", [SECRET, base64.b64encode(SECRET.encode()).decode(), "correct%20horse%20battery"])
def test_a_secret_is_found_in_every_form(tmp_path: Path, text: str) -> None:
    (tmp_path / "report.md").write_text(f"before {text} after", encoding="utf-8")
    (tmp_path / "clean.md").write_text("nothing", encoding="utf-8")
    files = [tmp_path / "report.md", tmp_path / "clean.md", tmp_path / "missing.md"]
    assert leaks(Redactor([SECRET]), files) == [tmp_path / "report.md"]


@pytest.mark.parametrize("place", [PIECE - 5, PIECE, 2 * PIECE - 10, PIECE + OVERLAP])
def test_a_secret_is_found_wherever_a_large_file_is_cut(tmp_path: Path, place: int) -> None:
    (tmp_path / "events.jsonl").write_text("x" * place + SECRET + "y" * PIECE, encoding="utf-8")
    assert leaks(Redactor([SECRET]), [tmp_path / "events.jsonl"])


def test_a_file_that_is_no_text_is_looked_through_too(tmp_path: Path) -> None:
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00" + SECRET.encode() + b"\xff")
    assert leaks(Redactor([SECRET]), [tmp_path / "binary"])


def test_where_there_is_no_secret_nothing_is_read(tmp_path: Path) -> None:
    assert leaks(Redactor(), [tmp_path]) == []


def test_the_journal_and_the_manifests_of_a_run_are_looked_through_and_not_what_tests_left(tmp_path: Path) -> None:
    for name in ("events.jsonl", "manifests/web.yaml", "test/coverage.xml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert [str(file.relative_to(tmp_path)) for file in written_by(tmp_path)] == ["events.jsonl", "manifests/web.yaml"]


def test_variables_that_load_code_do_not_reach_commands() -> None:
    environ = {
        "PATH": "/bin",
        "HOME": "/root",
        "LD_PRELOAD": "evil.so",
        "LD_LIBRARY_PATH": "/evil",
        "DYLD_INSERT_LIBRARIES": "evil",
        "PYTHONPATH": "/evil",
        "PYTHONSTARTUP": "/evil.py",
        "BASH_ENV": "/evil.sh",
        "BUILD_NUMBER": "7",
    }
    assert for_children(environ) == {"PATH": "/bin", "HOME": "/root", "BUILD_NUMBER": "7"}
