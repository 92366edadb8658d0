"""The JSON Schema of a type, so that it takes what `cdkit.pipeline.decode` takes for that type."""

from __future__ import annotations

import inspect
import types
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from urllib.parse import quote, unquote

import msgspec
from msgspec import Meta
from msgspec.structs import FieldInfo

from cdkit.models import quantity
from cdkit.models.duration import LONGEST, PATTERN, Duration
from cdkit.models.quantity import Quantity
from cdkit.pipeline.declared_types import fields_of, metas_of, takes_expressions, with_constraints
from cdkit.pipeline.document import Node

Schema = dict[str, Any]

Expressions = Literal["everywhere", "untyped", "nowhere"]
"""Where `${{ }}` may stand: for any value (options of steps), only where any content may (the file), or not at all."""

EXPRESSION = r"\$\{\{[\s\S]*\}\}"
NO_EXPRESSION = r"^(?![\s\S]*\$\{\{)"
SHORTEST_EXPRESSION = len("${{x}}")
"""Characters. A text that must have no more than these may be an expression without further ado."""

NOT_AN_EXPRESSION = "Here stands a plain value, not an expression."
"""`patternErrorMessage` is what editors show for a pattern that does not match; validators ignore it."""

_COMBINERS = frozenset({"enum", "const", "anyOf", "allOf", "$ref"})


class TypeSchemas:
    """Makes schemas of types; structs become definitions.

    Args:
        definitions: gets a schema for each struct, by name.
        expressions: where `${{ }}` may stand.
        prefix: goes before the names of structs, which may be the same in two plugins.
    """

    def __init__(self, definitions: dict[str, Schema], *, expressions: Expressions, prefix: str = "") -> None:
        self._definitions = definitions
        self._expressions = expressions
        self._prefix = prefix

    def struct(self, wanted: type[msgspec.Struct], description: str = "") -> Schema:
        """The schema of a struct, written out; described by its own docstring unless told otherwise."""
        fields = fields_of(wanted)
        required = [name for name, field in fields.items() if field.required]
        schema: Schema = {
            "type": ["object"] if required else ["object", "null"],
            "description": description or summary(wanted),
            "properties": {name: self._field(field) for name, field in fields.items()},
            "required": required,
            "additionalProperties": False,
        }
        return self._or_expression(schema)

    def of(self, wanted: Any) -> Schema:
        """The schema of any type. A type that is not known here takes anything: the loader says what is wrong."""
        return self._or_expression(self._bare(wanted))

    def _bare(self, wanted: Any) -> Schema:
        """The schema of a type, where an expression is no value of its own."""
        inner = get_args(wanted)[0] if get_origin(wanted) is Annotated else wanted
        metas = metas_of(wanted)
        origin = get_origin(inner) or inner
        if inner is Node or inner is Any or (_is_union(inner) and Node in get_args(inner)):
            return self._anything(metas)
        if inner is str:
            return self._text(metas)
        if inner in _SIMPLE:
            return {**_SIMPLE[inner], **_constraints(metas, _NUMBER)}
        if origin is Literal:
            return {"enum": list(get_args(inner))}
        if _is_union(inner):
            return _any_of([self._bare(with_constraints(member, metas)) for member in get_args(inner)])
        if origin in {list, tuple}:
            return self._sequence(get_args(inner), metas)
        if origin is dict:
            return self._mapping(get_args(inner), metas)
        return self._reference(inner) if isinstance(inner, type) and issubclass(inner, msgspec.Struct) else {}

    def _sequence(self, args: tuple[Any, ...], metas: Sequence[Meta]) -> Schema:
        schema: Schema = {"type": ["array"], **_constraints(metas, _ENTRIES)}
        return {**schema, "items": self.of(args[0])} if args else schema

    def _mapping(self, args: tuple[Any, ...], metas: Sequence[Meta]) -> Schema:
        schema: Schema = {"type": ["object"], **_constraints(metas, _MEMBERS)}
        if not args:
            return schema
        names = _constraints(metas_of(args[0]), _TEXT)
        return {**schema, **({"propertyNames": names} if names else {}), "additionalProperties": self.of(args[1])}

    def _reference(self, wanted: type[msgspec.Struct]) -> Schema:
        name = f"{self._prefix}{wanted.__name__}"
        if name not in self._definitions:
            # A place is kept first: a struct may hold itself.
            self._definitions[name] = {}
            self._definitions[name].update(self.struct(wanted))
        return {"$ref": reference(name)}

    def _field(self, field: FieldInfo) -> Schema:
        schemas = self if takes_expressions(field) else TypeSchemas(self._definitions, expressions="nowhere")
        schema = schemas.of(field.type)
        if not field.required and not self._takes_null(schema):
            schema = _or_null(schema)
        description = next((meta.description for meta in metas_of(field.type) if meta.description), None)
        default = _default(field)
        return {
            **({"description": description} if description else {}),
            **schema,
            **({} if default is None else {"default": default}),
        }

    def _takes_null(self, schema: Schema) -> bool:
        name = schema.get("$ref", "").removeprefix(reference(""))
        return not schema or "null" in self._definitions.get(unquote(name), schema).get("type", ())

    def _text(self, metas: Sequence[Meta]) -> Schema:
        """Any scalar is text as it is written: `1.50`, `no`."""
        schema = {"type": ["string", "number", "boolean"], **_constraints(metas, _TEXT)}
        if self._expressions == "everywhere":
            return schema
        plain = {"pattern": NO_EXPRESSION, "patternErrorMessage": NOT_AN_EXPRESSION}
        return {**schema, "allOf": [plain]} if "pattern" in schema else schema | plain

    def _anything(self, metas: Sequence[Meta]) -> Schema:
        marked = next((meta.extra_json_schema for meta in metas if meta.extra_json_schema), None)
        if marked is not None:
            return dict(marked)
        if self._expressions != "nowhere":
            return {}
        name = "plain"
        self._definitions[name] = {
            "description": "Any value without expressions.",
            "type": ["string", "number", "boolean", "null", "array", "object"],
            "pattern": NO_EXPRESSION,
            "patternErrorMessage": NOT_AN_EXPRESSION,
            "items": {"$ref": reference(name)},
            "additionalProperties": {"$ref": reference(name)},
        }
        return {"$ref": reference(name)}

    def _or_expression(self, schema: Schema) -> Schema:
        """The schema, or an expression in its place, in one piece where that says the same: editors then tell more."""
        if self._expressions != "everywhere" or _takes_expressions(schema):
            return schema
        if _COMBINERS & schema.keys() or {"minLength", "maxLength"} & schema.keys():
            return {"anyOf": [schema, {"type": "string", "pattern": EXPRESSION}]}
        if "string" not in schema["type"]:
            return {**schema, "type": [*schema["type"], "string"], "pattern": EXPRESSION}
        return {**schema, "pattern": f"(?:{schema['pattern']})|{EXPRESSION}"}


_SIMPLE: dict[Any, Schema] = {
    int: {"type": ["integer"]},
    float: {"type": ["number"]},
    bool: {"type": ["boolean"]},
    type(None): {"type": ["null"]},
    Duration: {
        "type": ["string", "number"],
        "pattern": PATTERN,
        "patternErrorMessage": "Write a duration like 90s, 5m or 1h30m.",
        "minimum": 0,
        "maximum": int(LONGEST),
    },
    Quantity: {
        "type": ["string", "number"],
        "pattern": quantity.PATTERN,
        "patternErrorMessage": "Write a quantity like 500m, 2 or 128Mi.",
        "minimum": 0,
    },
}

_NUMBER = {
    "ge": "minimum",
    "gt": "exclusiveMinimum",
    "le": "maximum",
    "lt": "exclusiveMaximum",
    "multiple_of": "multipleOf",
}
_TEXT = {"min_length": "minLength", "max_length": "maxLength", "pattern": "pattern"}
_ENTRIES = {"min_length": "minItems", "max_length": "maxItems"}
_MEMBERS = {"min_length": "minProperties", "max_length": "maxProperties"}


def reference(name: str) -> str:
    """The address of a definition (RFC 6901 in a fragment of a URI)."""
    return f"#/$defs/{quote(name.replace('~', '~0').replace('/', '~1'))}"


def summary(documented: type) -> str:
    """The first line of a class's docstring."""
    return (inspect.getdoc(documented) or "").split("\n", maxsplit=1)[0]


def _is_union(wanted: Any) -> bool:
    return get_origin(wanted) in {Union, types.UnionType}


def _constraints(metas: Sequence[Meta], words: Mapping[str, str]) -> Schema:
    found = {word: getattr(meta, name) for meta in metas for name, word in words.items()}
    return {word: value for word, value in found.items() if value is not None}


def _takes_expressions(schema: Schema) -> bool:
    """Whether an expression passes already: as text, as what a struct takes in its place, or as anything."""
    if not schema or "$ref" in schema:
        return True
    if "anyOf" in schema:
        return any(map(_takes_expressions, schema["anyOf"]))
    limited = {"pattern", "maxLength"} & schema.keys() or schema.get("minLength", 0) > SHORTEST_EXPRESSION
    return "string" in schema.get("type", ()) and not limited


def _any_of(members: list[Schema]) -> Schema:
    """Members of one type each are put into one schema, for keywords speak to one type only; others stand apart."""
    merged: Schema = {"type": []}
    apart: list[Schema] = []
    for member in members:
        if _is_apart(member, merged):
            apart.append(member)
        else:
            merged = {**merged, **member, "type": [*merged["type"], *member["type"]]}
    if not merged["type"]:
        return {"anyOf": apart}
    return {"anyOf": [*apart, merged]} if apart else merged


def _is_apart(member: Schema, merged: Schema) -> bool:
    if not member or _COMBINERS & member.keys():
        return True
    taken = set(merged["type"]) | ({"integer"} if "number" in merged["type"] else set())
    return bool(taken & set(member["type"])) or bool(merged.keys() & member.keys() - {"type"})


def _or_null(schema: Schema) -> Schema:
    if not schema or "null" in schema.get("type", ()):
        return schema
    if "enum" in schema:
        return {**schema, "enum": [*schema["enum"], None]}
    if "type" in schema:
        known = schema["type"]
        return {**schema, "type": [*([known] if isinstance(known, str) else known), "null"]}
    if "anyOf" in schema:
        return {"anyOf": [*schema["anyOf"], {"type": "null"}]}
    return {"anyOf": [schema, {"type": "null"}]}


def _default(field: FieldInfo) -> Any:
    """The default as one would write it; None where nothing stands for it."""
    value = None if field.default is msgspec.NODEFAULT else field.default
    if isinstance(value, Duration):
        return value.written()
    return value if isinstance(value, bool | int | float) or (isinstance(value, str) and value) else None
