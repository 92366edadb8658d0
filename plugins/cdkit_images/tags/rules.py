"""Rules for tags as they are written: `type=semver,pattern={{version}}`."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from typing import Any

import msgspec

from cdkit.api import InvalidInput

_COMMON: dict[str, str] = {"enable": "true", "priority": "", "prefix": "", "suffix": ""}


class _Type(msgspec.Struct, frozen=True):
    """One type of rule: the order in which its tags come, and its attributes with their defaults."""

    priority: int
    attributes: Mapping[str, str]
    required: tuple[str, ...] = ()


TYPES: dict[str, _Type] = {
    "schedule": _Type(1000, {"pattern": "nightly"}),
    "semver": _Type(900, {"pattern": "", "value": ""}, ("pattern",)),
    "match": _Type(800, {"pattern": "", "group": "0", "value": ""}, ("pattern",)),
    "edge": _Type(700, {"branch": ""}),
    "ref": _Type(600, {"event": ""}, ("event",)),
    "raw": _Type(200, {"value": ""}, ("value",)),
    "sha": _Type(100, {"format": "short", "prefix": "sha-"}),
}
_CHOICES = {"event": ("branch", "tag", "pr"), "format": ("short", "long"), "enable": ("true", "false")}


class TagRule(msgspec.Struct, frozen=True):
    """One rule.

    Attributes:
        type: `semver`, `ref`, `raw` and so on.
        attributes: all that the type knows, with defaults where nothing was written.
        written: those that were written.
        priority: tags of a higher one come first; the first one also decides about `latest`.
    """

    type: str
    attributes: dict[str, str]
    written: frozenset[str]
    priority: int

    def __getitem__(self, name: str) -> str:
        """The value of an attribute."""
        return self.attributes[name]


def parse_rule(text: str) -> TagRule:
    """A rule from its text; a text without `type=` is the tag itself.

    Raises:
        InvalidInput: the type or an attribute is not known, or one is missing.
    """
    written = _fields(text)
    name = written.pop("type", "raw")
    kind = TYPES.get(name)
    if kind is None:
        raise _wrong(text, f"there is no type {name!r}", f"Known: {', '.join(TYPES)}.")
    attributes = {**_COMMON, **kind.attributes}
    if name == "ref" and written.get("event") == "pr":
        attributes["prefix"] = "pr-"
    unknown = [key for key in written if key not in attributes]
    if unknown:
        raise _wrong(text, f"type {name!r} has no attribute {unknown[0]!r}", f"Known: {', '.join(attributes)}.")
    attributes |= written
    missing = [key for key in kind.required if not attributes[key]]
    if missing:
        raise _wrong(text, f"type {name!r} needs {missing[0]!r}", f"Write `{missing[0]}=...` behind a comma.")
    _check_choices(text, attributes)
    return TagRule(name, attributes, frozenset(written), _priority(text, attributes["priority"], kind))


def _fields(text: str) -> dict[str, str]:
    rows = list(csv.reader([text.strip()], skipinitialspace=True)) or [[]]
    found: dict[str, str] = {}
    for field in rows[0]:
        key, equals, value = field.partition("=")
        found[key.strip().lower() if equals else "value"] = (value if equals else key).strip()
    return found


def _check_choices(text: str, attributes: Mapping[str, Any]) -> None:
    for name, choices in _CHOICES.items():
        value = attributes.get(name)
        if value is not None and value.lower() not in choices and "{{" not in value:
            raise _wrong(text, f"{name!r} cannot be {value!r}", f"Known: {', '.join(choices)}.")


def _priority(text: str, written: str, kind: _Type) -> int:
    if not written:
        return kind.priority
    if not written.isascii() or not written.isdigit():
        raise _wrong(text, f"'priority' must be a whole number, not {written!r}", "Write `priority=500`.")
    return int(written)


def _wrong(text: str, why: str, remedy: str) -> InvalidInput:
    return InvalidInput(f"The tag rule {text!r} is wrong: {why}.", remedy=remedy)
