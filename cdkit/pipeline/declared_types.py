"""What the declared type of a field says: its fields, its constraints, and what may stand in it."""

from __future__ import annotations

import types
from collections.abc import Sequence
from functools import lru_cache
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec
from msgspec.structs import FieldInfo


def is_union(wanted: Any) -> bool:
    """Whether a value may be of one type or of another."""
    return get_origin(wanted) in {Union, types.UnionType}


def unannotated(wanted: Any) -> Any:
    """A type without what it was annotated with."""
    return get_args(wanted)[0] if get_origin(wanted) is Annotated else wanted


def metas_of(wanted: Any) -> tuple[msgspec.Meta, ...]:
    """What a type was annotated with."""
    metas = get_args(wanted)[1:] if get_origin(wanted) is Annotated else ()
    return tuple(meta for meta in metas if isinstance(meta, msgspec.Meta))


def with_constraints(member: Any, metas: Sequence[msgspec.Meta]) -> Any:
    """A member of a union, with those constraints of the union that its type can have: `Meta(ge=1)` of `int | None`."""
    inner = unannotated(member)
    names: tuple[str, ...] = ()
    if inner in {int, float}:
        names = ("ge", "gt", "le", "lt", "multiple_of")
    elif inner is str:
        names = ("min_length", "max_length", "pattern")
    elif get_origin(inner) in {list, tuple, dict}:
        names = ("min_length", "max_length")
    for meta in metas:
        wish = {name: getattr(meta, name) for name in names if getattr(meta, name) is not None}
        member = Annotated[member, msgspec.Meta(**wish)] if wish else member
    return member


@lru_cache(maxsize=256)
def fields_of(wanted: type[msgspec.Struct]) -> dict[str, FieldInfo]:
    """The fields of a struct by the name that they have in a file."""
    return {field.encode_name: field for field in msgspec.structs.fields(wanted)}


def takes_expressions(field: FieldInfo) -> bool:
    """Whether a field may hold `${{ }}`; one declared with `Meta(extra={"expressions": False})` may not."""
    return not any((meta.extra or {}).get("expressions") is False for meta in metas_of(field.type))
