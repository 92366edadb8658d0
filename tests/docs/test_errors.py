"""docs/errors.md and cdkit/errors.py say the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cdkit import errors
from cdkit.errors import Cancelled, CdkitError, Unavailable
from cdkit.pipeline.load import load
from cdkit.pipeline.model import RetrySpec
from cdkit.plugin.installed import installed_plugins
from cdkit.plugin.manager import load_steps

PAGE = (Path(__file__).parents[2] / "docs" / "errors.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `(\w+)` \| (?:`(\w+)`)? ?\| ([\d, ]+) \| (yes|no) \| (.+) \| (.+) \|$", re.MULTILINE)
ROWS = {row[0]: row[1:] for row in ROW.findall(PAGE)}
CLASSES = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, CdkitError)]


def test_the_page_has_just_the_classes_of_the_code_each_behind_the_one_that_it_is_a_kind_of() -> None:
    assert sorted(ROWS) == sorted(kind.__name__ for kind in CLASSES)
    places = list(ROWS)
    assert all(places.index(row[0]) < places.index(name) for name, row in ROWS.items() if row[0])


@pytest.mark.parametrize("kind", CLASSES)
def test_the_page_says_of_a_class_what_the_code_says(kind: type[CdkitError]) -> None:
    is_a, codes, transient, meaning, remedy = ROWS[kind.__name__]
    assert is_a == ("" if kind is CdkitError else kind.__bases__[0].__name__)
    assert [int(code) for code in codes.split(", ")] == exit_codes(kind)
    assert (transient == "yes") == issubclass(kind, Unavailable)
    assert meaning == " ".join((kind.__doc__ or "").split("\n\n", maxsplit=1)[0].split())
    assert remedy == kind.default_remedy


def exit_codes(kind: type[CdkitError]) -> list[int]:
    if kind is Cancelled:
        return [Cancelled(signal_number=number).code for number in (2, 15)]
    return [kind("x").code]


def test_what_is_tried_again_by_itself_is_what_the_page_calls_transient() -> None:
    assert RetrySpec().on == [Unavailable.__name__]
    assert RetrySpec().attempts == 3
    assert "three times in all" in " ".join(PAGE.split())


def test_the_example_of_the_page_is_a_pipeline(tmp_path: Path) -> None:
    (block,) = re.findall(r"^  ```yaml\n(.*?)^  ```$", PAGE, re.MULTILINE | re.DOTALL)
    path = tmp_path / "cdkit.yaml"
    path.write_text("".join(f"{line[2:]}\n" for line in block.splitlines()), encoding="utf-8")
    pipeline = load(str(path), load_steps(installed_plugins()).steps)
    assert pipeline.steps["test"].spec.retry.on == ["Unavailable", "WorkFailed"]
