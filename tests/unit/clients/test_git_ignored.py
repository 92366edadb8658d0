"""What git ignores, as git itself says."""

from __future__ import annotations

from pathlib import Path

from cdkit.clients.git_ignored import ignored_by_git
from tests.git_command import git


def test_what_git_ignores_is_told_apart(tmp_path: Path) -> None:
    git(tmp_path, "init")
    (tmp_path / ".gitignore").write_text("out/\n*.log\n!kept.log\n", encoding="utf-8")
    for name in ("out", "sub"):
        (tmp_path / name).mkdir()
    (tmp_path / "sub" / ".gitignore").write_text("/mine\n", encoding="utf-8")
    paths = ["a.py", "out/x", "a.log", "kept.log", "sub/mine", "mine", "gone.log", "grün\n.log"]
    assert ignored_by_git(tmp_path, paths) == {"out/x", "a.log", "sub/mine", "gone.log", "grün\n.log"}


def test_what_is_tracked_is_not_ignored(tmp_path: Path) -> None:
    git(tmp_path, "init")
    (tmp_path / ".gitignore").write_text("*.log\n", encoding="utf-8")
    (tmp_path / "tracked.log").touch()
    git(tmp_path, "add", "--force", "tracked.log")
    assert ignored_by_git(tmp_path, ["tracked.log", "other.log"]) == {"other.log"}


def test_outside_of_a_checkout_nothing_is_ignored(tmp_path: Path) -> None:
    assert ignored_by_git(tmp_path, ["a.log"]) == frozenset()


def test_nobody_is_asked_about_nothing(tmp_path: Path) -> None:
    assert ignored_by_git(tmp_path / "not there", []) == frozenset()
