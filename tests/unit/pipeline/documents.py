"""Random pipeline documents, as Python data: right ones, made from the types of the file, and such with mistakes."""

from __future__ import annotations

import copy
import types
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec
from hypothesis import strategies as st

from cdkit.models.duration import Duration
from cdkit.pipeline.declared_types import fields_of, takes_expressions
from cdkit.pipeline.document import Node
from cdkit.pipeline.model import PipelineSpec, SecretSource, StepSpec
from cdkit.step import Step

Document = dict[str, Any]
Path = tuple[str | int, ...]
Values = st.SearchStrategy[Any]

NAMES = st.sampled_from(["a", "b", "c-d", "_e"])
SCALARS: list[Any] = ["x", "", "1.50", "no", 0, 1, 7, 1.5, True, False]
EXPRESSIONS = [
    "${{ vars.a }}",
    "${{ vars.b }}",
    "x-${{ build.commit }}",
    "${{ steps.a.image }}",
    "${{ run.id == '1' }}",
]
WILD: list[Any] = [
    *(None, "", "x", "soon", "-5", "5m", "900d", "1z", "a b", 0, -1, 3, 999, 1.0, 1.5, -0.5, True, False),
    *([], [[]], ["x"], [None], {}, {"a": None}, {"x": {"y": 1}}, {"a": "${{ vars.a }}"}, {"env": "E", "file": "f"}),
    *("${{ vars.a }}", "${{", "${{ }}", "${{ a }} and ${{ b }}", "${{ a }} }}", "${{ vars.nope }}", ["${{ vars.a }}"]),
]
ANYTHING = st.sampled_from(SCALARS) | st.lists(st.sampled_from(SCALARS), max_size=2) | st.just({"k": 1})


def documents(kinds: Mapping[str, type[Step]]) -> Values:
    """Documents of the right shape; what they refer to need not be there."""
    steps = st.dictionaries(NAMES, st.one_of([_step(name, kinds[name]) for name in sorted(kinds)]), max_size=3)
    own = {"steps": steps, "finally": steps, "secrets": st.dictionaries(NAMES, _secret(), max_size=2)}
    fields = {key: own.get(key, _field(field, evaluated=False)) for key, field in fields_of(PipelineSpec).items()}
    fields["include"] = st.just([])
    return _with_required(PipelineSpec, fields)


@st.composite
def spoilt(draw: st.DrawFn, kinds: Mapping[str, type[Step]]) -> Document:
    """Documents with mistakes in them, and some without."""
    document: Document = copy.deepcopy(draw(documents(kinds)))
    for _ in range(draw(st.integers(0, 2))):
        _spoil(draw, document)
    return document


def _step(name: str, kind: type[Step]) -> Values:
    fields = {key: _field(field, evaluated=False) for key, field in fields_of(StepSpec).items()}
    fields |= {
        "uses": st.just(name),
        "with": _struct(kind.Options, evaluated=True),
        "needs": st.lists(NAMES, max_size=2),
        "when": st.sampled_from([True, False, *EXPRESSIONS]),
        "env": st.dictionaries(NAMES, st.sampled_from([*SCALARS, None, *EXPRESSIONS]), max_size=2),
    }
    needed = any(field.required for field in fields_of(kind.Options).values())
    return _with_required(StepSpec, fields, {"with"} if needed else set())


def _secret() -> Values:
    fields = fields_of(SecretSource)
    return st.sampled_from(sorted(fields)).flatmap(
        lambda key: st.fixed_dictionaries({key: _value(fields[key].type, evaluated=False)})
    )


@cache
def _struct(wanted: type[msgspec.Struct], *, evaluated: bool) -> Values:
    """Made when it is needed: a struct may hold itself."""
    fields = fields_of(wanted)
    return st.deferred(
        lambda: _with_required(wanted, {key: _field(field, evaluated=evaluated) for key, field in fields.items()})
    )


def _with_required(wanted: type[msgspec.Struct], fields: dict[str, Values], further: set[str] | None = None) -> Values:
    required = {key for key, field in fields_of(wanted).items() if field.required} | (further or set())
    return st.fixed_dictionaries(
        {key: fields[key] for key in fields if key in required},
        optional={key: fields[key] for key in fields if key not in required},
    )


def _field(field: msgspec.structs.FieldInfo, *, evaluated: bool) -> Values:
    return _value(field.type, evaluated=evaluated and takes_expressions(field))


def _value(wanted: Any, *, evaluated: bool) -> Values:
    inner, *metas = get_args(wanted) if get_origin(wanted) is Annotated else (wanted,)
    value = _of_type(inner, {name: each for meta in metas for name, each in _limits(meta)}, evaluated)
    return value | st.sampled_from(EXPRESSIONS) if evaluated else value


def _limits(meta: Any) -> Iterator[tuple[str, Any]]:
    for name in ("ge", "le", "min_length", "max_length", "pattern"):
        if getattr(meta, name, None) is not None:
            yield name, getattr(meta, name)


def _of_type(inner: Any, limits: Mapping[str, Any], evaluated: bool) -> Values:
    origin, args = get_origin(inner) or inner, get_args(inner)
    if inner is str:
        return _text(limits)
    if inner in {int, float}:
        return st.integers(int(limits.get("ge", -3)), int(limits.get("le", 300)))
    if origin is Literal:
        return st.sampled_from(args)
    if origin in {Union, types.UnionType}:
        return st.one_of([_of_type(*_member(member, limits), evaluated) for member in args])
    if origin in {list, tuple}:
        return st.lists(_value(args[0], evaluated=evaluated), min_size=limits.get("min_length", 0), max_size=2)
    if origin is dict:
        return st.dictionaries(NAMES, _value(args[1], evaluated=evaluated), max_size=2)
    if isinstance(inner, type) and issubclass(inner, msgspec.Struct) and inner is not Node:
        return _struct(inner, evaluated=evaluated)
    simple: dict[Any, Values] = {
        bool: st.booleans(),
        type(None): st.none(),
        Duration: st.sampled_from(["90s", "1h30m", " 5m ", "250ms", 0, 5, 1.5]),
    }
    return simple.get(inner, ANYTHING)


def _member(member: Any, limits: Mapping[str, Any]) -> tuple[Any, Mapping[str, Any]]:
    inner, *metas = get_args(member) if get_origin(member) is Annotated else (member,)
    return inner, {**limits, **{name: each for meta in metas for name, each in _limits(meta)}}


def _text(limits: Mapping[str, Any]) -> Values:
    if "pattern" in limits:
        return st.from_regex(limits["pattern"], alphabet=st.characters(codec="ascii", categories=["L", "N", "P"]))
    return st.sampled_from([each for each in SCALARS if len(str(each)) >= limits.get("min_length", 0)])


def _spoil(draw: st.DrawFn, document: Document) -> None:
    path = draw(st.sampled_from(list(_paths(document))))
    holder: Any = document
    for key in path[:-1]:
        holder = holder[key]
    how = draw(st.sampled_from(["replace", "replace", "delete", "rename", "add"]))
    if how == "replace":
        holder[path[-1]] = copy.deepcopy(draw(st.sampled_from(WILD)))
    elif how == "delete" or isinstance(holder, list):
        del holder[path[-1]]
    elif how == "rename":
        holder[draw(st.sampled_from(["x", "1 y", "max_delay", "uses", "env"]))] = holder.pop(path[-1])
    else:
        holder[draw(st.sampled_from(["x", "1 y", "env", "when"]))] = copy.deepcopy(draw(st.sampled_from(WILD)))


def _paths(value: Any, path: Path = ()) -> Iterator[Path]:
    keys: Iterator[Any] = iter(value) if isinstance(value, dict) else iter(range(len(value)))
    for key in keys:
        yield (*path, key)
        if isinstance(value[key], dict | list):
            yield from _paths(value[key], (*path, key))
