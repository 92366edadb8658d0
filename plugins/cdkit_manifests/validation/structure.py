"""Values against the types of Kubernetes, which say little: what fields there are, of which type, and which must be.

Their schemas use seven words of JSON Schema (`$ref`, `type`, `properties`, `additionalProperties`, `required`, `items`,
`enum`) and `oneOf` for two scalars that may be text or a number. For these, jsonschema would take longer to import than
everything else takes together; the tests ask it whether we are of one mind.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cdkit_manifests.fields import FieldPath
from cdkit_manifests.identity import step_name

Schema = dict[str, Any]

_WORDS = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
    "null": "null",
}


class Mistake:
    """Something that a type does not allow.

    Args:
        path: the field.
        what: what is wrong with it, as the rest of a sentence.
        known: the fields that there are, where one is not known.
    """

    def __init__(self, path: FieldPath, what: str, known: tuple[str, ...] = ()) -> None:
        self.path = path
        self.what = what
        self.known = known


def mistakes(value: Any, schema: Schema, types: dict[str, Schema], path: FieldPath = ()) -> Iterator[Mistake]:
    """All that is wrong with a value.

    Args:
        value: the value.
        schema: what it has to be.
        types: all types, by the names that `$ref` ends with.
        path: the way to the value.
    """
    while "$ref" in schema:
        schema = types[schema["$ref"].rpartition("/")[2]]
    allowed = _allowed(schema)
    if allowed and not any(_is(value, name) for name in allowed):
        yield Mistake(path, f"must be {_listed(allowed)}, not {_shown(value)}")
    elif value not in schema.get("enum", (value,)):
        words = ", ".join(repr(word) for word in schema["enum"] if word is not None)
        yield Mistake(path, f"must be one of {words}, not {_shown(value)}")
    elif isinstance(value, dict):
        yield from _in_mapping(value, schema, types, path)
    elif isinstance(value, list) and "items" in schema:
        for index, entry in enumerate(value):
            step = step_name(path[-1] if path else "", entry, index)
            yield from mistakes(entry, schema["items"], types, (*path, step))


def _in_mapping(value: dict[str, Any], schema: Schema, types: dict[str, Schema], path: FieldPath) -> Iterator[Mistake]:
    properties = schema.get("properties", {})
    others = schema.get("additionalProperties", True)
    for name in schema.get("required", ()):
        if name not in value:
            yield Mistake((*path, name), "is missing")
    for name, entry in value.items():
        inner = properties.get(name, others)
        if inner is False:
            yield Mistake((*path, name), "is not known", tuple(properties))
        elif isinstance(inner, dict):
            yield from mistakes(entry, inner, types, (*path, name))


def _allowed(schema: Schema) -> list[str]:
    """The types that a schema allows; none for any."""
    if "oneOf" in schema:
        return [name for option in schema["oneOf"] for name in _allowed(option)]
    found = schema.get("type", [])
    return [found] if isinstance(found, str) else found


def _is(value: Any, name: str) -> bool:
    if isinstance(value, bool) or value is None:
        return name == ("null" if value is None else "boolean")
    if name == "integer":
        return isinstance(value, int) or (isinstance(value, float) and value.is_integer())
    kinds: dict[str, Any] = {"string": str, "number": int | float, "array": list, "object": dict}
    return name in kinds and isinstance(value, kinds[name])


def _listed(names: list[str]) -> str:
    return " or ".join(dict.fromkeys(_WORDS[name] for name in names if name != "null"))


def _shown(value: Any) -> str:
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    text = "null" if value is None else repr(value)
    return text if len(text) <= 60 else f"{text[:60]}..."  # noqa: PLR2004 -- what fits beside the field
