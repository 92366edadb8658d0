"""The plan of the house names every room, and every library that is let in."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
TEXT = (REPOSITORY / "docs" / "architecture.md").read_text(encoding="utf-8")
OWN = {"__init__.py", "__main__.py", "__pycache__"}


def rows_of(section: str) -> dict[str, str]:
    """The rows of a section's table by what stands in their first column."""
    table = TEXT.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `?([^`|]+?)`? \| (.*) \|$", table, re.MULTILINE)
    names = [name for name, _ in rows if name.strip("-")]
    assert len(names) == len(set(names)), "nothing stands twice"
    return {name.strip(): told for name, told in rows}


def test_every_room_of_cdkit_is_described() -> None:
    there = {path.name + "/" * path.is_dir() for path in (REPOSITORY / "cdkit").iterdir() if path.name not in OWN}
    rooms = {name for name in there if name.endswith(("/", ".py"))}
    described = {name for name in rows_of("The rooms") if not name.startswith("plugins/")}
    assert described - {"room", "---"} == rooms


@pytest.mark.parametrize("plugin", sorted(path.name for path in (REPOSITORY / "plugins").glob("cdkit_*")))
def test_every_folder_of_a_plugin_is_described(plugin: str) -> None:
    told = rows_of("The rooms")[f"plugins/{plugin}"]
    folders = [path.name for path in (REPOSITORY / "plugins" / plugin).iterdir() if path.is_dir()]
    assert [name for name in folders if name not in OWN and f"`{name}/`" not in told] == []


def test_every_library_has_its_reason() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {re.split(r"[^A-Za-z0-9_-]", line)[0].lower() for line in project["dependencies"]}
    assert set(rows_of("Dependencies")) - {"library", "---"} == wanted
