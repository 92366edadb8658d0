"""The JSON Schema of pipeline files, generated from the types that the loader decodes to.

Editors complete and check from it (draft 2020-12, https://json-schema.org/draft/2020-12). It takes whatever the
loader takes. It cannot see what a name refers to, what an expression gives, and what two fields mean together: there
the loader alone says what is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from cdkit.pipeline.declared_types import fields_of
from cdkit.pipeline.include import INCLUDE
from cdkit.pipeline.model import PipelineSpec, StepSpec
from cdkit.pipeline.type_schema import Schema, TypeSchemas, reference, summary
from cdkit.step import Step

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def pipeline_schema(kinds: Mapping[str, type[Step]]) -> Schema:
    """The schema of a pipeline file.

    Args:
        kinds: the known kinds of steps by name; each brings the schema of its options.
    """
    definitions: dict[str, Schema] = {}
    spec = TypeSchemas(definitions, expressions="untyped")
    root = spec.struct(PipelineSpec)
    definitions[StepSpec.__name__] |= _choice_of_kind(kinds, definitions)
    # What is required may stand in a file that is included.
    alone = {"if": {"not": {"required": [INCLUDE]}}, "then": {"required": root.pop("required")}}
    schema = {
        "$schema": DIALECT,
        "title": "cdkit pipeline",
        **root,
        **alone,
        "$defs": dict(sorted(definitions.items())),
    }
    return cast("Schema", _tidy(schema))


def _tidy(value: Any) -> Any:
    """`"type": "object"` rather than a list of one."""
    if isinstance(value, list):
        return [_tidy(item) for item in value]
    if not isinstance(value, dict):
        return value
    one = isinstance(value.get("type"), list) and len(value["type"]) == 1
    return {key: _tidy(item) for key, item in value.items()} | ({"type": value["type"][0]} if one else {})


def _choice_of_kind(kinds: Mapping[str, type[Step]], definitions: dict[str, Schema]) -> Schema:
    """What a step's kind means for its options; `StepSpec` itself leaves them open."""
    uses, options = (
        next(field.encode_name for field in fields_of(StepSpec).values() if field.name == name)
        for name in ("uses", "options")
    )
    properties = definitions[StepSpec.__name__]["properties"]
    known = {
        **properties[uses],
        "enum": sorted(kinds),
        "enumDescriptions": [summary(kinds[name]) for name in sorted(kinds)],
    }
    return {
        "properties": {**properties, uses: known},
        "allOf": [_condition(uses, options, name, kinds[name], definitions) for name in sorted(kinds)],
    }


def _condition(uses: str, options: str, name: str, kind: type[Step], definitions: dict[str, Schema]) -> Schema:
    schemas = TypeSchemas(definitions, expressions="everywhere", prefix=f"{name}.")
    definitions[name] = schemas.struct(kind.Options, summary(kind))
    then: Schema = {"properties": {options: {"$ref": reference(name)}}}
    if any(field.required for field in fields_of(kind.Options).values()):
        then["required"] = [options]
    return {"if": {"properties": {uses: {"const": name}}, "required": [uses]}, "then": then}
