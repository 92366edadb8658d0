"""Putting written manifests into files and folders."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cdkit.api import WorldFailed
from cdkit_manifests.writers.place import PRIVATE, RECORD, place_file, place_files


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_file_is_replaced_whole_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "manifests.yaml"
    place_file(path, "old\n")
    place_file(path, "new ä\n")
    assert path.read_text(encoding="utf-8") == "new ä\n"
    assert names(tmp_path) == ["deep/manifests.yaml"]


def test_a_file_with_a_secret_is_for_nobody_else_even_where_it_was_open_before(tmp_path: Path) -> None:
    path = tmp_path / "manifests.yaml"
    place_file(path, "open")
    place_file(path, "secret", PRIVATE)
    assert path.stat().st_mode & 0o777 == 0o600


def test_all_files_of_a_folder_with_a_secret_are_for_nobody_else(tmp_path: Path) -> None:
    place_files(tmp_path, {"a.yaml": "a"}, PRIVATE)
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


def test_a_folder_that_cannot_be_written_to_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(WorldFailed, match=r"file/manifests.yaml cannot be written"):
        place_file(tmp_path / "file" / "manifests.yaml", "")
    assert names(tmp_path) == ["file"]


def test_what_an_earlier_generation_made_is_removed_with_its_empty_folders(tmp_path: Path) -> None:
    assert place_files(tmp_path, {"base/a.yaml": "a", "overlays/old/b.yaml": "b"}) == []
    assert place_files(tmp_path, {"base/a.yaml": "a"}) == ["overlays/old/b.yaml"]
    assert names(tmp_path) == [RECORD, "base/a.yaml"]
    assert not (tmp_path / "overlays").exists()


def test_what_somebody_else_made_or_changed_stays(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("mine")
    place_files(tmp_path, {"a.yaml": "a", "b.yaml": "b"})
    (tmp_path / "a.yaml").write_text("changed by hand")
    assert place_files(tmp_path, {"c.yaml": "c"}) == ["b.yaml"]
    assert names(tmp_path) == [RECORD, "a.yaml", "c.yaml", "mine.yaml"]


@pytest.mark.parametrize("name", ["../outside.yaml", "/etc/hostname", "link.yaml", "a\0b"])
def test_a_forged_record_removes_nothing_outside_the_folder(tmp_path: Path, name: str) -> None:
    outside, folder = tmp_path / "outside.yaml", tmp_path / "folder"
    outside.write_text("x")
    folder.mkdir()
    (folder / "link.yaml").symlink_to(outside)
    digest = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
    (folder / RECORD).write_text(json.dumps({name: digest}))
    assert place_files(folder, {"a.yaml": "a"}) == []
    assert outside.exists()
    assert (folder / "link.yaml").is_symlink()


@pytest.mark.parametrize("text", ["", "[]", "{", '{"a": 1}'])
def test_a_record_that_is_not_ours_is_not_heeded(tmp_path: Path, text: str) -> None:
    (tmp_path / RECORD).write_text(text)
    assert place_files(tmp_path, {"a.yaml": "a"}) == []
    assert json.loads((tmp_path / RECORD).read_text()).keys() == {"a.yaml"}
