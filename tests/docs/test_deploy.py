"""What docs/deploy.md says is so."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
import yaml

from cdkit.pipeline.declared_types import fields_of
from cdkit_deploy.apply import Apply
from cdkit_deploy.ledger.record import Verdict
from cdkit_deploy.order import PHASE, RANKS, phase_of
from cdkit_deploy.prepare import MANAGED_BY, OWNER
from cdkit_deploy.transaction.surplus import PRUNE

PAGE = (Path(__file__).parents[2] / "docs" / "deploy.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("option", fields_of(Apply.Options))
def test_every_option_is_on_the_page(option: str) -> None:
    assert f"| `{option}`" in PAGE or f", `{option}` |" in PAGE


def test_the_order_of_kinds_is_the_one_that_is_used() -> None:
    rows = re.findall(r"^\| (\d+) \| (.*) \|$", PAGE, re.MULTILINE)
    assert len(rows) == len(RANKS)
    for (_, kinds), rank in zip(rows, RANKS, strict=True):
        assert frozenset(kinds.split(", ")) == rank or (not rank and kinds.startswith("all other kinds"))


def test_every_verdict_is_on_the_page() -> None:
    told = re.findall(r"^\| `([a-z-]+)` \| [a-z]", PAGE.partition("## Records")[2].partition("\n## ")[0], re.MULTILINE)
    assert sorted(told) == sorted(get_args(Verdict))


def test_marks_are_called_what_they_are() -> None:
    for mark in (PHASE, PRUNE, OWNER, MANAGED_BY):
        assert mark in PAGE


@pytest.mark.parametrize("text", EXAMPLES, ids=range(len(EXAMPLES)))
def test_an_example_is_valid(text: str) -> None:
    from cdkit.plugin.installed import installed_plugins
    from cdkit.plugin.manager import load_steps

    document = yaml.safe_load(text)
    if "kind" in document:
        assert phase_of(document) == -10
        return
    steps = load_steps(installed_plugins()).steps
    for step in document["steps"].values():
        assert set(step["with"]) <= set(fields_of(steps[step["uses"]].Options))
