"""Where runs are kept: beside the pipeline file, or in a folder of our own where that cannot be written."""

from __future__ import annotations

from pathlib import Path

from cdkit.engine.state import state_folder


def test_state_is_kept_beside_the_pipeline_file(tmp_path: Path) -> None:
    assert state_folder(tmp_path) == tmp_path / ".cdkit"


def test_where_that_cannot_be_written_each_project_has_a_folder_of_our_account(tmp_path: Path) -> None:
    one, other = (state_folder(tmp_path / name, {"HOME": "/home/build"}) for name in ("gone", "gone-too"))
    assert one.parent == other.parent == Path("/home/build/.local/state/cdkit")
    assert one != other
    assert state_folder(tmp_path / "gone", {"XDG_STATE_HOME": "/state"}).parent == Path("/state/cdkit")
