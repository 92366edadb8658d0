"""The merged JUnit file: what comes out can be read again, whatever the tests are called."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from cdkit.api import TestCase, WorldFailed, plain_line
from cdkit_pods.results import read_reports, write_junit

CASES = (
    TestCase(name="a", group="g", seconds=1.5),
    TestCase(
        name="b", group="g", outcome="failed", message="no", details="two\n  lines", attempts=("failed", "failed")
    ),
    TestCase(name="c", group="h", outcome="broken", message="what", details="x"),
    TestCase(name="d", group="h", outcome="skipped", message="later"),
    TestCase(name="e", outcome="flaky", message="no", details="trace", attempts=("failed", "broken", "passed")),
)
HOSTILE = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30) | st.sampled_from(
    ["\x1b[31m", "]]>", "&amp;<!DOCTYPE x>", "\x00", "\ufffe", "::error::x", "a\nb", '"><x/>', "\u202eevil"]
)


def read(folder: Path) -> list[TestCase]:
    found = read_reports(folder, ["*.xml"], workspace=folder)
    assert found.broken == ()
    return list(found.cases)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    write_junit(CASES, tmp_path / "merged.xml")
    assert {case.title: case for case in read(tmp_path)} == {
        case.title: replace(case, details=case.details) for case in CASES
    }


def test_counts_and_shards_stand_in_it(tmp_path: Path) -> None:
    write_junit([*CASES, TestCase(name="a", group="g", shard=1)], tmp_path / "merged.xml")
    text = (tmp_path / "merged.xml").read_text()
    assert '<testsuites tests="6" failures="1" errors="1" skipped="1" time="1.500">' in text
    assert '<testsuite name="g (shard 1)" tests="1"' in text


def test_secrets_are_masked_line_by_line(tmp_path: Path) -> None:
    case = TestCase(name="a", outcome="failed", message="hunter2 it is", details="first\nhunter2\nlast")
    write_junit([case], tmp_path / "merged.xml", holds_secret=lambda text: "hunter2" in text)
    assert "hunter2" not in (tmp_path / "merged.xml").read_text()
    (found,) = read(tmp_path)
    assert found.message == "***"
    assert found.details == "first\n***\nlast"


def test_a_secret_of_several_lines_leaves_nothing(tmp_path: Path) -> None:
    case = TestCase(name="a", outcome="failed", details="one\ntwo\nthree")
    write_junit([case], tmp_path / "merged.xml", holds_secret=lambda text: "one\ntwo" in text)
    assert read(tmp_path)[0].details == "***"


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(WorldFailed, match="cannot be written: No such file or directory"):
        write_junit(CASES, tmp_path / "nowhere" / "merged.xml")


@settings(max_examples=150, deadline=None)
@given(HOSTILE, HOSTILE, HOSTILE)
def test_hostile_words_stay_words(tmp_path_factory: pytest.TempPathFactory, name: str, message: str, text: str) -> None:
    folder = tmp_path_factory.mktemp("hostile")
    case = TestCase(name=name, group=message, outcome="failed", message=message, details=text, file=name)
    write_junit([case, replace(case, outcome="flaky", attempts=("failed", "passed"))], folder / "merged.xml")
    found = read(folder)
    assert sorted(case.outcome for case in found) == ["failed", "flaky"]
    assert all(plain_line(text) == text for case in found for text in (case.name, case.message, case.group))
