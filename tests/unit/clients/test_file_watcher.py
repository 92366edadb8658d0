"""What is told of real files that change: the operating system tells it in its own time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from cdkit.clients.file_watcher import FileWatcher
from cdkit.errors import CdkitError, CheckFailed
from cdkit.flow.clock import Inbox

PATIENCE = 30.0


class Told:
    """What was told, in order."""

    def __init__(self) -> None:
        self.inbox: Inbox[Sequence[str]] = Inbox()

    def until(self, path: str) -> set[str]:
        """All that is told until a path is."""
        paths: set[str] = set()
        while path not in paths:
            told = self.inbox.take(PATIENCE)
            assert told is not None, f"{path} was not told; {paths} were"
            paths |= set(told)
        return paths


def broken(error: CdkitError) -> None:
    raise error


@contextmanager
def watched(folder: Path, *paths: Path) -> Iterator[Told]:
    told = Told()
    with FileWatcher(folder, paths or [folder], told.inbox.put, broken, left_out=[".cdkit"]):
        yield told


def test_new_changed_and_removed_files_are_told(tmp_path: Path) -> None:
    with watched(tmp_path) as told:
        file = tmp_path / "file"
        file.write_text("1", encoding="utf-8")
        told.until("file")
        file.write_text("23", encoding="utf-8")
        told.until("file")
        file.unlink()
        told.until("file")


def test_files_in_new_folders_are_told(tmp_path: Path) -> None:
    with watched(tmp_path) as told:
        (tmp_path / "new").mkdir()
        told.until("new")
        (tmp_path / "new" / "file").touch()
        told.until("new/file")


def test_what_is_nobodys_source_is_not_told(tmp_path: Path) -> None:
    for folder in (".git", ".cdkit", "node_modules", "src"):
        (tmp_path / folder).mkdir()
    with watched(tmp_path) as told:
        for path in (".git/index", ".cdkit/journal", "node_modules/x", "src/.a.py.swp", "src/a.pyc", "src/a.py"):
            (tmp_path / path).touch()
        (tmp_path / "last").touch()
        assert told.until("last") == {"src/a.py", "last"}


def test_the_names_of_the_folders_above_say_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "node_modules" / "mine"
    folder.mkdir(parents=True)
    with watched(folder) as told:
        (folder / "file").touch()
        told.until("file")


def test_only_what_is_asked_for_is_watched(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    with watched(tmp_path, tmp_path / "b") as told:
        (tmp_path / "a" / "file").touch()
        (tmp_path / "b" / "file").touch()
        assert told.until("b/file") == {"b/file"}


def test_a_path_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CheckFailed, match="does not watch these files: No path was found"):
        FileWatcher(tmp_path, [tmp_path / "gone"], Told().inbox.put, broken)
