"""docs/causes.md has all causes, and shows what they really look like: the golden files of the tests that produce them.

`--update-golden` takes the files over into the page.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from cdkit.diagnosis.cause_id import CauseId
from cdkit.testing import check_golden
from tests.e2e.causes.test_causes import CASES
from tests.unit.diagnosis.test_newer_versions import NAMES, judged
from tests.unit.diagnosis.test_recordings import EXPECTED

REPOSITORY = Path(__file__).parents[2]
PATH = REPOSITORY / "docs" / "causes.md"
PAGE = PATH.read_text(encoding="utf-8")
SECTION = re.compile(r"^### `([a-z-]+)`\n\n(.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)
SECTIONS = dict(SECTION.findall(PAGE))
BLOCK = re.compile(r"<!-- (?P<file>\S+\.txt)(?:: (?P<part>\S+))? -->\n```text\n(?P<text>.*?)```", re.DOTALL)


def source_of(block: re.Match[str]) -> str:
    """What a block is to show: a golden file, or the causes of one paragraph of it."""
    text = (REPOSITORY / block["file"]).read_text(encoding="utf-8")
    if not block["part"]:
        return text
    paragraph = next(part for part in text.split("\n\n") if part.startswith(f"{block['part']}: "))
    return "\n".join(line.removeprefix("  ") for line in paragraph.splitlines()[1:]) + "\n"


def test_the_page_has_just_the_causes_of_the_code() -> None:
    assert sorted(SECTIONS) == sorted(get_args(CauseId))
    assert len(SECTION.findall(PAGE)) == len(SECTIONS)


def test_the_page_shows_what_the_tests_have_seen(request: pytest.FixtureRequest) -> None:
    def shown(block: re.Match[str]) -> str:
        return block[0].replace(f"```text\n{block['text']}```", f"```text\n{source_of(block)}```")

    check_golden(PATH, BLOCK.sub(shown, PAGE), update=bool(request.config.getoption("--update-golden")))


@pytest.mark.parametrize("name", SECTIONS)
def test_a_section_shows_its_own_cause(name: str) -> None:
    assert all(f"[{name}]" in block["text"] for block in BLOCK.finditer(SECTIONS[name]))


@pytest.mark.parametrize("name", SECTIONS)
def test_a_cause_that_the_test_cluster_can_produce_is_shown_as_it_was_there(name: str) -> None:
    files = [block["file"] for block in BLOCK.finditer(SECTIONS[name])]
    assert files, "each is shown"
    produced = {f"{case}.txt" for case, made in CASES.items() if made.cause == name}
    assert not produced or produced & {Path(file).name for file in files}


def seen() -> set[tuple[str, float | None]]:
    """Each cause that was recorded, with its grace; a passed deadline takes that of all others away."""
    newer = {(cause.id, cause.patience.grace) for name in NAMES for cause in judged(name).causes}
    return newer | {(known.cause, known.grace) for case, known in EXPECTED.items() if case != "progress-deadline"}


@pytest.mark.parametrize(("name", "grace"), sorted(seen(), key=str))
def test_the_patience_of_the_page_is_that_of_the_code(name: str, grace: float | None) -> None:
    (patience,) = re.findall(r"^Patience: (.*)\.$", SECTIONS[name], re.MULTILINE)
    assert {None: "never fatal", 0: "fatal now"}.get(grace, f"{grace or 0:g} s") in patience
