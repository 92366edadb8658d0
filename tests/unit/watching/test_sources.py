"""Which changes of files begin a round."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pytest

from cdkit.watching.sources import LARGEST_READ, MOST_IN_A_ROW, Look, Sources, look_at


class Project:
    """Files that a test changes, in a round or between two."""

    def __init__(self, ignored: Collection[str] = ()) -> None:
        self.files: dict[str, str] = {}
        self.round = 0
        self.products: list[str] = []
        self._sources = Sources(
            lambda path: Look(self.files.get(path, ""), float(self.round)),
            ignored=lambda paths: set(paths) & set(ignored),
            round_at=int,
            on_product=self.products.append,
        )

    def save(self, **files: str) -> list[str]:
        """Save files, and give those that count."""
        self.files |= files
        return self._sources.changed(files)

    def remove(self, path: str) -> list[str]:
        del self.files[path]
        return self._sources.changed([path])


def test_a_changed_file_counts() -> None:
    project = Project()
    assert project.save(b="1", a="1") == ["a", "b"]
    assert project.save(a="2") == ["a"]


def test_a_file_that_is_saved_as_it_was_does_not_count() -> None:
    project = Project()
    project.save(a="1")
    assert project.save(a="1") == []


def test_a_removed_file_counts() -> None:
    project = Project()
    project.save(a="1")
    assert project.remove("a") == ["a"]


def test_what_git_ignores_does_not_count() -> None:
    assert Project(ignored=["out"]).save(a="1", out="2") == ["a"]


def test_a_file_that_every_round_writes_counts_no_more_and_is_told_once() -> None:
    project = Project()
    counted = []
    for number in range(1, 8):
        project.round = number
        counted.append(project.save(out=str(number)))
    assert counted == [["out"]] * MOST_IN_A_ROW + [[]] * (7 - MOST_IN_A_ROW)
    assert project.products == ["out"]


def test_a_file_that_the_rounds_write_counts_when_somebody_changes_it_between_them() -> None:
    project = Project()
    for number in range(1, 6):
        project.round = number
        project.save(out=str(number))
    project.round = 0
    assert project.save(out="by hand") == ["out"]


def test_a_file_that_is_saved_often_but_not_in_every_round_counts() -> None:
    project = Project()
    for number in range(1, 20, 2):
        project.round = number
        assert project.save(a=str(number)) == ["a"]


def test_a_file_that_is_saved_twice_in_one_round_is_one_that_changed_in_that_round() -> None:
    project = Project()
    project.round = 1
    for number in range(6):
        assert project.save(a=str(number)) == ["a"]


@pytest.mark.parametrize("content", [b"", b"text", b"\xff\x00"])
def test_a_look_tells_contents_apart_and_nothing_else(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    before = look_at(tmp_path, "file").state
    file.touch()
    assert look_at(tmp_path, "file").state == before
    file.write_bytes(content + b"x")
    assert look_at(tmp_path, "file").state != before


def test_a_look_sees_modes_links_folders_and_what_is_gone(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    (tmp_path / "link").symlink_to("file")
    (tmp_path / "folder").mkdir()
    states = {look_at(tmp_path, name).state for name in ("file", "link", "folder", "gone", "gone/too")}
    (tmp_path / "file").chmod(0o755)
    states.add(look_at(tmp_path, "file").state)
    assert len(states) == 5
    assert look_at(tmp_path, "gone").state == ""


def test_a_large_file_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "large").open("wb") as file:
        file.truncate(LARGEST_READ + 1)
    before = look_at(tmp_path, "large").state
    assert str(LARGEST_READ + 1) in before
    (tmp_path / "large").touch()
    assert look_at(tmp_path, "large").state != before


def test_what_is_gone_changed_when_its_folder_did(tmp_path: Path) -> None:
    assert look_at(tmp_path, "gone").changed == tmp_path.stat().st_ctime
