"""Types in the words of a person: what they are called, and what is wrong with a value that has another."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args, get_origin

import msgspec

from cdkit.models.duration import Duration
from cdkit.models.problem import Problem
from cdkit.models.quantity import Quantity
from cdkit.pipeline.declared_types import is_union, metas_of, unannotated
from cdkit.pipeline.document import Node
from cdkit.pipeline.suggest import did_you_mean

WRITTEN: dict[Any, str] = {
    Duration: "a duration such as 90s or 5m",
    Quantity: "a quantity such as 500m or 128Mi",
}
"""Types that are read from how the value is written, and what a person would call them."""


def mismatch(node: Node, wanted: Any, name: str, error: msgspec.ValidationError | None = None) -> Problem:
    """What is wrong with a value that is not of the wanted type.

    Args:
        node: the value.
        wanted: the declared type.
        name: what the value is called.
        error: what msgspec says of it, where it was asked.
    """
    inner = unannotated(wanted)
    if get_origin(inner) is Literal:
        remedy = did_you_mean(node.text, [str(choice) for choice in get_args(inner)])
        return Problem(f"{name!r} cannot be {node.text!r}.", node.position, remedy)
    if error is not None and _same_kind(node, inner):
        # A pattern says nothing to a person, so its annotation may have a title that does.
        told = next((f"must be {meta.title}" for meta in metas_of(wanted) if meta.title and meta.pattern), None)
        return Problem(f"{name!r}: {told or _constraint(error)}.", node.position)
    shown = f" ({node.text!r})" if node.text else ""
    return Problem(f"{name!r} must be {type_name(inner)}; here stands {node.kind}{shown}.", node.position)


def _same_kind(node: Node, inner: Any) -> bool:
    kinds = (int, float) if inner is float else inner
    return isinstance(inner, type) and isinstance(node.value, kinds) and not isinstance(node.value, bool)


def _constraint(error: msgspec.ValidationError) -> str:
    """What msgspec demands ('Expected `int` >= 1'), in the words of `type_name`."""
    names = {"`str`": "text", "`int`": "a whole number", "`float`": "a number", "`array`": "a list"}
    text = str(error).split(" - at ")[0].removeprefix("Expected ")
    for name, word in names.items():
        text = text.replace(name, word)
    return f"must be {text}"


def type_name(wanted: Any) -> str:
    """What a person would call a type: 'text', 'a list of text', 'a whole number'."""
    names = {str: "text", int: "a whole number", float: "a number", bool: "true or false", type(None): "empty"}
    if get_origin(wanted) is Annotated:
        return type_name(unannotated(wanted))
    if wanted in names:
        return names[wanted]
    if wanted in WRITTEN:
        return WRITTEN[wanted]
    origin, args = get_origin(wanted), get_args(wanted)
    if origin in {list, tuple}:
        return f"a list of {type_name(args[0])}"
    if is_union(wanted):
        return " or ".join(type_name(member) for member in args if member is not type(None))
    if origin is Literal:
        return " or ".join(str(choice) for choice in args)
    return "a mapping"
