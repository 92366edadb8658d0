"""Label and field selectors, as the API server reads them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from cdkit.models.kube import Manifest, ObjectQuery

_SET = re.compile(r"(?P<name>\S+) (?P<verb>in|notin) \((?P<values>[^)]*)\)$")
_EQUALITY = re.compile(r"(?P<name>[^\s=!]+)\s*(?P<operator>!=|==?)\s*(?P<value>\S*)$")
_COMMA_OUTSIDE_PARENTHESES = re.compile(r",(?![^(]*\))")

Test = Callable[[str | None], bool]


def matches(query: ObjectQuery, manifest: Manifest) -> bool:
    """Whether an object is one of those that the selectors of a query choose."""
    labels = manifest["metadata"].get("labels") or {}
    return all(test(labels.get(name)) for name, test in _requirements(query.label_selector)) and all(
        test(_field(manifest, path)) for path, test in _requirements(query.field_selector)
    )


def _requirements(selector: str) -> list[tuple[str, Test]]:
    parts = [part.strip() for part in _COMMA_OUTSIDE_PARENTHESES.split(selector)]
    return [_requirement(part) for part in parts if part]


def _requirement(text: str) -> tuple[str, Test]:
    if found := _SET.match(text):
        values = {value.strip() for value in found["values"].split(",")}
        wanted = found["verb"] == "in"
        return found["name"], lambda value: (value in values) == wanted
    if found := _EQUALITY.match(text):
        value, wanted = found["value"], found["operator"] != "!="
        return found["name"], lambda actual: (actual == value) == wanted
    if text.startswith("!"):
        return text[1:].strip(), lambda value: value is None
    return text, lambda value: value is not None


def _field(manifest: Manifest, path: str) -> str:
    value: Any = manifest
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return "" if value is None else str(value)
