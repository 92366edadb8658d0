from __future__ import annotations

from pathlib import Path

import pytest

from cdkit.testing import check_golden


def test_a_text_that_is_as_it_was_passes(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "out.txt"
    check_golden(path, "one\ntwo\n", update=True)
    check_golden(path, "one\ntwo\n")


def test_a_text_that_changed_shows_the_difference(tmp_path: Path) -> None:
    path = tmp_path / "out.txt"
    path.write_text("one\ntwo\n")
    with pytest.raises(AssertionError, match=r"(?s)--update-golden.*-two\n\+three"):
        check_golden(path, "one\nthree\n")
    assert path.read_text() == "one\ntwo\n"


def test_a_golden_file_that_is_not_there_is_a_difference(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=r"\+one"):
        check_golden(tmp_path / "out.txt", "one\n")
