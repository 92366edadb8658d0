"""Python: pyproject.toml."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from cdkit.scaffold.files import first_present, mapping, read_toml, text
from cdkit.scaffold.language import Command, Language

FILE = "pyproject.toml"
_RUNNERS = {"uv.lock": "uv run ", "poetry.lock": "poetry run ", "pdm.lock": "pdm run "}
_TEST_FOLDERS = ("tests", "test")
_PYTEST = re.compile(r"pytest(?![\w-])", re.IGNORECASE)


def look(folder: Path) -> Language | None:
    """The Python project of a folder."""
    if not (folder / FILE).is_file():
        return None
    document = read_toml(folder / FILE)
    name = text(mapping(document.get("project")).get("name")) or text(_tool(document, "poetry").get("name"))
    return Language("python", FILE, name, test=_test(folder, document))


def _test(folder: Path, document: Mapping[str, Any]) -> Command | None:
    because = _why_pytest(folder, document)
    patterns = ("**/test*.py", "**/*_test.py") if because else ("**/test*.py",)
    tests = next((name for name in _TEST_FOLDERS if _has(folder / name, patterns)), "")
    if not tests:
        return None
    lock, runner = first_present(folder, _RUNNERS)
    source = " and ".join(filter(None, [f"{tests}/", because or FILE, lock]))
    return Command(f"{runner}python3 -m {'pytest' if because else _unittest(folder, tests)}", source)


def _has(folder: Path, patterns: Sequence[str]) -> bool:
    return any(next(folder.glob(pattern), None) for pattern in patterns)


def _unittest(folder: Path, tests: str) -> str:
    # Only a package can be imported from the folder above it.
    top = " --top-level-directory ." if (folder / tests / "__init__.py").is_file() else ""
    return f"unittest discover --start-directory {tests}{top}"


def _why_pytest(folder: Path, document: Mapping[str, Any]) -> str:
    """What says that the tests are pytest's; empty when nothing does."""
    for name in ("pytest.ini", "conftest.py", "tests/conftest.py", "test/conftest.py"):
        if (folder / name).is_file():
            return name
    if _tool(document, "pytest"):
        return f"tool.pytest in {FILE}"
    asked = any(_PYTEST.match(line) for line in _dependencies(document))
    return f"a dependency in {FILE}" if asked else ""


def _tool(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    return mapping(mapping(document.get("tool")).get(name))


def _dependencies(document: Mapping[str, Any]) -> Iterator[str]:
    """Requirements of all groups (PEP 621, PEP 735, Poetry)."""
    project = mapping(document.get("project"))
    groups = [
        project.get("dependencies"),
        *mapping(project.get("optional-dependencies")).values(),
        *mapping(document.get("dependency-groups")).values(),
    ]
    yield from (line for group in groups if isinstance(group, list) for line in group if isinstance(line, str))
    poetry = _tool(document, "poetry")
    for group in (poetry, *map(mapping, mapping(poetry.get("group")).values())):
        yield from mapping(group.get("dependencies"))
