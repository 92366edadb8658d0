"""What is read of every project of the corpus; the whole table of each is a golden file."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdkit.api import InvalidInput, Problem
from cdkit.testing.pytest_plugin import Golden
from cdkit_manifests.readers import own_readers
from cdkit_manifests.reading.folder import DiskFolder
from cdkit_manifests.reading.read import read_project
from tests.corpus import Case, cases, facts_text

FILES = [
    (case, path.relative_to(case.checkout))
    for case in cases()
    for path in sorted(case.checkout.rglob("*"))
    if path.is_file()
]


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_what_a_project_says_of_itself(case: Case, golden: Golden) -> None:
    golden(str(case.expected / "facts.txt"), facts_text(case.read()))


def test_the_corpus_has_all_kinds_of_projects() -> None:
    languages = {case.read().get("language") for case in cases()}
    assert len(cases()) >= 44
    assert languages >= {"python", "javascript", "typescript", "go", "rust", "java", "kotlin", "ruby", "php", "csharp"}


@given(
    chosen=st.sampled_from(FILES),
    place=st.floats(0, 1),
    removed=st.integers(0, 40),
    added=st.one_of(
        st.binary(max_size=8), st.text(max_size=8).map(str.encode), st.sampled_from([b'"', b"'", b"{", b"<"])
    ),
)
@settings(max_examples=150)
def test_a_file_that_is_damaged_is_read_or_told_and_never_breaks_a_reader(
    chosen: tuple[Case, Path], place: float, removed: int, added: bytes
) -> None:
    case, file = chosen
    with tempfile.TemporaryDirectory() as folder:
        checkout = Path(folder, "checkout")
        shutil.copytree(case.checkout, checkout)
        data = (checkout / file).read_bytes()
        start = int(place * len(data))
        (checkout / file).write_bytes(data[:start] + added + data[start + removed :])
        assert all(problem.position for problem in problems_of(DiskFolder(checkout / case.member, checkout)))


def problems_of(folder: DiskFolder) -> Sequence[Problem]:
    """What is told of a project that is read; nothing where it can be read."""
    try:
        read_project(folder, own_readers())
    except InvalidInput as error:
        return error.problems or [Problem(error.message)]
    return ()
