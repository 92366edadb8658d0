"""From nodes to typed values: every problem at once, each with its position."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar, get_args, get_origin

import msgspec
from msgspec.structs import FieldInfo

from cdkit.models.decoding import convert
from cdkit.models.duration import Duration
from cdkit.models.problem import Position, Problem, SelfChecking
from cdkit.models.quantity import Quantity
from cdkit.pipeline.declared_types import fields_of, is_union, metas_of, unannotated, with_constraints
from cdkit.pipeline.document import Node
from cdkit.pipeline.suggest import did_you_mean
from cdkit.pipeline.type_words import WRITTEN, mismatch

Struct = TypeVar("Struct", bound=msgspec.Struct)


class Unknown:
    """Stands for a value that cannot be had: it is invalid (then a problem says so), or not known yet."""

    def __repr__(self) -> str:
        return "<unknown>"


UNKNOWN = Unknown()


def decode(node: Node, wanted: type[Struct], problems: list[Problem]) -> Struct | None:
    """Make a struct of a mapping.

    Args:
        node: the mapping.
        wanted: the struct's class.
        problems: gets every problem that is found.

    Returns:
        The struct, or None when there were problems or when a value that is not text is not known yet.
    """
    before = len(problems)
    value = _struct(node, wanted, problems)
    return None if isinstance(value, Unknown) or len(problems) > before else value


def salvage(node: Node, wanted: type[Struct]) -> Struct:
    """What remains of a mapping when everything that is wrong in it is left out.

    So that one mistake does not hide those behind it: fields that are wrong get their default, those that must be
    there and are not stay empty, and wrong members of a dictionary are missing from it.
    """
    children = node.value if isinstance(node.value, dict) else {}
    fields = fields_of(wanted)
    found = {field.name: _salvaged(children[name], field.type) for name, field in fields.items() if name in children}
    values = {name: value for name, value in found.items() if not isinstance(value, Unknown)}
    empty = {field.name: _empty(field.type) for field in fields.values() if field.required}
    return wanted(**(empty | values))


def _salvaged(node: Node, wanted: Any) -> Any:
    value = _value(node, wanted, "", [])
    if not isinstance(value, Unknown):
        return value
    inner = unannotated(wanted)
    if isinstance(inner, type) and issubclass(inner, msgspec.Struct):
        return salvage(node, inner)
    if get_origin(inner) is dict and isinstance(node.value, dict):
        members = {key: _salvaged(item, get_args(inner)[1]) for key, item in node.value.items()}
        return {key: member for key, member in members.items() if not isinstance(member, Unknown)}
    return UNKNOWN


def _empty(wanted: Any) -> Any:
    inner = unannotated(wanted)
    return (get_origin(inner) or inner)()


def _struct(node: Node, wanted: type[Struct], problems: list[Problem]) -> Struct | Unknown:
    if node.pending:
        return UNKNOWN
    children = {} if node.value is None else node.value
    if not isinstance(children, dict):
        problems.append(Problem(f"Here stands {node.kind}; a mapping is wanted.", node.position))
        return UNKNOWN
    fields = fields_of(wanted)
    unknown = [key for key in children if key not in fields]
    for key in unknown:
        remedy = did_you_mean(key, fields)
        problems.append(Problem(f"{key!r} is not known here.", node.keys.get(key, node.position), remedy))
    values = {
        field.name: _value(children[name], field.type, name, problems)
        for name, field in fields.items()
        if name in children and not _is_left_empty(children[name], field)
    }
    missing = [name for name, field in fields.items() if field.required and field.name not in values]
    problems.extend(Problem(f"{name!r} is missing.", node.position) for name in missing)
    if unknown or missing or any(isinstance(value, Unknown) for value in values.values()):
        return UNKNOWN
    made = wanted(**values)
    problems.extend(_faults(made, node))
    return made


def _faults(made: msgspec.Struct, node: Node) -> Iterable[Problem]:
    """What a struct says of itself, each with its position; nothing of what is known only later."""
    for fault in made.faults() if isinstance(made, SelfChecking) else ():
        place, position = _place(node, fault.path)
        if not place.pending:
            yield Problem(fault.message, position, fault.remedy)


def _place(node: Node, path: Sequence[str | int]) -> tuple[Node, Position]:
    """The node at a path, as far as there is one, and where it stands; of a member of a mapping, its key."""
    position = node.position
    for step in path:
        if isinstance(node.value, dict) and step in node.value:
            position = node.keys.get(str(step), node.value[str(step)].position)
            node = node.value[str(step)]
        elif isinstance(node.value, list) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            position = node.position
    return node, position


def _is_left_empty(node: Node, field: FieldInfo) -> bool:
    """`key:` with nothing behind it is as good as no key at all, where the key has a default."""
    return node.value is None and not node.pending and not field.required


def _value(node: Node, wanted: Any, name: str, problems: list[Problem]) -> Any:
    """One value of the wanted type, or UNKNOWN."""
    inner = unannotated(wanted)
    if inner is Node or (is_union(inner) and Node in get_args(inner)):
        return node
    if node.pending:
        return node.text if _takes_text(inner) else UNKNOWN
    if is_union(inner):
        return _union(node, wanted, get_args(inner), name, problems)
    if inner in WRITTEN:
        return _written(node, inner, name, problems)
    if isinstance(inner, type) and issubclass(inner, msgspec.Struct):
        return _struct(node, inner, problems)
    if get_origin(inner) in {list, tuple} and isinstance(node.value, list):
        return _sized(node, wanted, name, _sequence(node.value, inner, name, problems), problems)
    if get_origin(inner) is dict and isinstance(node.value, dict):
        return _sized(node, wanted, name, _dictionary(node.value, get_args(inner)[1], name, problems), problems)
    return _scalar(node, wanted, inner, name, problems)


def _takes_text(inner: Any) -> bool:
    return inner is str or inner is Any or (is_union(inner) and str in get_args(inner))


def _sequence(items: Sequence[Node], inner: Any, name: str, problems: list[Problem]) -> Any:
    item_type = get_args(inner)[0]
    values = [_value(item, item_type, f"{name}[{index}]", problems) for index, item in enumerate(items)]
    if any(isinstance(value, Unknown) for value in values):
        return UNKNOWN
    return get_origin(inner)(values)


def _dictionary(items: dict[str, Node], item_type: Any, name: str, problems: list[Problem]) -> Any:
    values = {key: _value(item, item_type, f"{name}.{key}", problems) for key, item in items.items()}
    return UNKNOWN if any(isinstance(value, Unknown) for value in values.values()) else values


def _sized(node: Node, wanted: Any, name: str, values: Any, problems: list[Problem]) -> Any:
    """A list or a mapping with as many entries as its field asks for."""
    least = max((meta.min_length or 0 for meta in metas_of(wanted)), default=0)
    most = min((meta.max_length for meta in metas_of(wanted) if meta.max_length is not None), default=len(node.value))
    if least <= len(node.value) <= most:
        return values
    limit, count = ("least", least) if len(node.value) < least else ("most", most)
    what = "entry" if count == 1 else "entries"
    problems.append(Problem(f"{name!r}: must have at {limit} {count} {what}.", node.position))
    return UNKNOWN


def _union(node: Node, wanted: Any, members: tuple[Any, ...], name: str, problems: list[Problem]) -> Any:
    """The member that fits the shape of the node: a list, a mapping, or a scalar."""
    if node.value is None and type(None) in members:
        return None
    fitting = [member for member in members if _shape_of(member) == _shape_of(type(node.value))]
    # `int | str` takes 3 as a number, and 25% and yes as text.
    exact = [member for member in fitting if type(node.value) is unannotated(member)] if len(fitting) > 1 else fitting
    if not fitting:
        problems.append(mismatch(node, wanted, name))
        return UNKNOWN
    chosen = (exact or [member for member in fitting if member is str] or fitting)[0]
    return _value(node, with_constraints(chosen, metas_of(wanted)), name, problems)


def _shape_of(wanted: Any) -> str:
    inner = unannotated(wanted)
    base = get_origin(inner) or inner
    if base in {list, tuple}:
        return "list"
    if base is dict or (isinstance(base, type) and issubclass(base, msgspec.Struct)):
        return "mapping"
    return "empty" if base is type(None) else "scalar"


def _written(node: Node, wanted: type[Duration | Quantity], name: str, problems: list[Problem]) -> Any:
    if node.value is None or isinstance(node.value, dict | list | bool):
        problems.append(mismatch(node, wanted, name))
        return UNKNOWN
    try:
        return wanted.parse(node.text)
    except ValueError as error:
        problems.append(Problem(f"{name!r}: {error}.", node.position))
        return UNKNOWN


def _scalar(node: Node, wanted: Any, inner: Any, name: str, problems: list[Problem]) -> Any:
    value = node.plain()
    if inner is str and value is not None and not isinstance(value, dict | list):
        # As it was written: YAML would make 1.5 of the version 1.50, and False of the country `no`.
        value = node.text
    try:
        return convert(value, wanted)
    except msgspec.ValidationError as error:
        problems.append(mismatch(node, wanted, name, error))
        return UNKNOWN
