"""docs/images.md: every example is valid, every option is on the page, and the table of tags is true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cdkit.models.build import Build
from cdkit.pipeline.declared_types import fields_of
from cdkit.pipeline.load import load
from cdkit.plugin.installed import installed_plugins
from cdkit.plugin.manager import load_steps
from cdkit_images.build_options import BuildOptions
from cdkit_images.tags import Flavor, name_tags, parse_rule

PAGE = (Path(__file__).parents[2] / "docs" / "images.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
ROWS = re.findall(r"^\| `((?:type=|stable)[^`]*)` \| (.*?) \| (.+?) \|$", PAGE, re.MULTILINE)
COMMIT = "860c1904a1ce19322e91ac35af1ab07466440c37"
NOON = 1_735_732_800
"""2025-01-01."""


@pytest.mark.parametrize("text", EXAMPLES)
def test_an_example_is_a_part_of_a_pipeline(tmp_path: Path, text: str) -> None:
    steps = "".join(f"  {line}\n" for line in text.splitlines())
    path = tmp_path / "cdkit.yaml"
    secrets = "{NPMRC: {env: NPMRC}, REGISTRY_PASSWORD: {env: REGISTRY_PASSWORD}}"
    path.write_text(f"name: shop\nsecrets: {secrets}\nsteps:\n{steps}", encoding="utf-8")
    assert load(str(path), load_steps(installed_plugins()).steps).steps


def test_every_option_is_on_the_page() -> None:
    table = PAGE.partition("## Options of `build-image`")[2]
    assert [name for name in fields_of(BuildOptions) if f"`{name}`" not in table] == []


def build_of(what: str) -> Build:
    """The build that a row of the table speaks of."""
    kind, _, name = what.replace("`", "").partition(" ")
    if kind == "pull":
        return Build(commit=COMMIT, pull_request=name.removeprefix("request "))
    if kind in {"branch", "tag"}:
        return Build(commit=COMMIT, branch=name, tag=name if kind == "tag" else "")
    return Build(commit=COMMIT, branch="main", default_branch="main", scheduled="timer" in what)


@pytest.mark.parametrize(("rule", "what", "given"), ROWS)
def test_a_rule_gives_what_the_page_says(rule: str, what: str, given: str) -> None:
    names = name_tags([parse_rule(rule)], build_of(what), Flavor(), NOON).names
    expected = [name.replace("860c190...", COMMIT) for name in re.findall(r"`([^`]+)`", given)]
    assert list(names) == expected
