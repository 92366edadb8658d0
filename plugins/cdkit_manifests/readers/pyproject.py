"""Facts from pyproject.toml: PEP 621 metadata, and the project's own word under `[tool.cdkit]`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cdkit.api import Fact, InvalidInput, Port, Probe, Source

FILE = "pyproject.toml"
_METADATA = ("name", "version", "description", "license")
_OWN_WORD: dict[str, type] = {"name": str, "port": int, "health": str, "replicas": int}
_BOUNDS = {"port": range(1, 65536), "replicas": range(10_001)}


def read(folder: Path) -> list[Fact]:
    """The facts of a folder's pyproject.toml; none when there is no such file.

    Raises:
        InvalidInput: the file is not TOML, or says something of a wrong type.
    """
    path = folder / FILE
    if not path.is_file():
        return []
    document = _parse(path)
    tool = document.get("tool", {})
    own = _own_word(tool.get("cdkit", {}) if isinstance(tool, dict) else {})
    return [*own, *_metadata(document.get("project", {}))]


def _parse(path: Path) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path.name} cannot be read: {error}.", remedy="Correct the file.") from error


def _own_word(table: Any) -> list[Fact]:
    if not isinstance(table, dict):
        raise InvalidInput(f"`tool.cdkit` in {FILE} must be a table.")
    facts = []
    for name, value in table.items():
        wanted = _OWN_WORD.get(name)
        if wanted is None:
            known = ", ".join(_OWN_WORD)
            raise InvalidInput(f"`tool.cdkit.{name}` in {FILE} is not known.", remedy=f"Known: {known}.")
        if not isinstance(value, wanted) or isinstance(value, bool):
            kind = "a whole number" if wanted is int else "text"
            raise InvalidInput(f"`tool.cdkit.{name}` in {FILE} must be {kind}, not {value!r}.")
        bounds = _BOUNDS.get(name)
        if bounds and value not in bounds:
            raise InvalidInput(f"`tool.cdkit.{name}` in {FILE} must be from {bounds[0]} to {bounds[-1]}, not {value}.")
        facts.append(_own_fact(name, value))
    return facts


def _own_fact(name: str, value: Any) -> Fact:
    source = Source(FILE, note=f"tool.cdkit.{name}")
    if name == "port":
        return Fact("ports", (Port(value),), source)
    if name == "health":
        return Fact("readiness", Probe(kind="http", path=value), source)
    return Fact(name, value, source)


def _metadata(table: Any) -> list[Fact]:
    if not isinstance(table, dict):
        raise InvalidInput(f"`project` in {FILE} must be a table.")
    return [
        Fact(name, table[name], Source(FILE, note=f"project.{name}"))
        for name in _METADATA
        if isinstance(table.get(name), str)
    ]
