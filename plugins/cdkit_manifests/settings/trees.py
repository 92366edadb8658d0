"""Trees of settings from files of other notations: tables of TOML and JSON, and properties with dots in their keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args, get_origin

import msgspec

from cdkit.api import InvalidInput, Node, Position, Problem, Source, parse_document, parse_scalar
from cdkit_manifests.reading.data_file import DataFile
from cdkit_manifests.settings.spelling import folded, members_of


class Property(msgspec.Struct, frozen=True):
    """One property.

    Attributes:
        path: the way to the setting, as the user spells it.
        text: its value.
        source: where it stands.
    """

    path: tuple[str, ...]
    text: str
    source: Source

    @property
    def position(self) -> Position:
        """Where it stands."""
        return Position(self.source.file, self.source.line, 1)


def table_node(data: DataFile, *keys: str) -> Node | None:
    """A table of a file as a tree with positions; None where there is no such table."""
    value = data.get(*keys)
    return None if value is None else _node(data, value, keys)


def property_node(properties: list[Property], wanted: type[msgspec.Struct], problems: list[Problem]) -> Node:
    """Properties as one tree.

    Args:
        properties: in the order of the file.
        wanted: the type that the tree is to become; it says where a name with dots in it is one name.
        problems: gets those that contradict each other.
    """
    root: dict[str, Any] = {}
    first = properties[0].position if properties else Position("", 0, 0)
    for item in properties:
        path, member = _way(item.path, wanted)
        try:
            _insert(root, path, _value(item, member), item)
        except InvalidInput as error:
            problems.extend(error.problems)
    return _assembled(root, first)


def _node(data: DataFile, value: Any, keys: tuple[str, ...]) -> Node:
    source = data.source(*keys)
    position = Position(source.file, source.line, 1)
    if isinstance(value, Mapping):
        children = {str(key): _node(data, child, (*keys, str(key))) for key, child in value.items()}
        return Node(children, position, keys={key: child.position for key, child in children.items()})
    if isinstance(value, list):
        return Node([_item(item, position) for item in value], position)
    return _item(value, position)


def _item(value: Any, position: Position) -> Node:
    """Dates and times of TOML are text, as in all other notations."""
    known = value is None or isinstance(value, str | bool | int | float | Mapping | list)
    return Node.of(value if known else str(value), position)


def _way(path: tuple[str, ...], wanted: Any) -> tuple[tuple[str, ...], Any]:
    """The names on the way to a setting, and its type; where the user's own names begin, dots are a part of them."""
    found: list[str] = []
    rest = list(path)
    while rest:
        members = members_of(wanted)
        struct = next((item for item in members if isinstance(item, type) and issubclass(item, msgspec.Struct)), None)
        mapping = next((item for item in members if get_origin(item) is dict), None)
        if struct is not None:
            field = {folded(each.encode_name): each for each in msgspec.structs.fields(struct)}.get(folded(rest[0]))
            wanted = field.type if field else Any
            found.append(rest.pop(0))
        elif mapping is not None and _holds_structs(get_args(mapping)[1]):
            wanted = get_args(mapping)[1]
            found.append(rest.pop(0))
        else:
            found.append(".".join(rest))
            wanted, rest = (get_args(mapping)[1] if mapping is not None else Any), []
    return tuple(found), wanted


def _holds_structs(wanted: Any) -> bool:
    return any(isinstance(item, type) and issubclass(item, msgspec.Struct) for item in members_of(wanted))


def _value(item: Property, wanted: Any) -> Node:
    """A property's text as what is wanted: lists may be divided by commas, and `[` and `{` begin YAML."""
    text, position = item.text.strip(), item.position
    if text[:1] in {"[", "{"}:
        return _placed(parse_document(text, position.file), position)
    members = members_of(wanted)
    if any(get_origin(member) is list for member in members) and str not in members:
        return Node([Node.of(part.strip(), position) for part in text.split(",") if part.strip()], position)
    return msgspec.structs.replace(parse_scalar(text, position.file), position=position)


def _placed(node: Node, position: Position) -> Node:
    if isinstance(node.value, dict):
        children = {key: _placed(child, position) for key, child in node.value.items()}
        return msgspec.structs.replace(node, value=children, position=position, keys=dict.fromkeys(children, position))
    if isinstance(node.value, list):
        return msgspec.structs.replace(
            node, value=[_placed(child, position) for child in node.value], position=position
        )
    return msgspec.structs.replace(node, position=position)


def _insert(root: dict[str, Any], path: tuple[str, ...], node: Node, item: Property) -> None:
    branch = root
    for name in path[:-1]:
        branch = branch.setdefault(name, {})
        if isinstance(branch, Node):
            raise _contradiction(item)
    if isinstance(branch.get(path[-1]), dict):
        raise _contradiction(item)
    branch[path[-1]] = node


def _contradiction(item: Property) -> InvalidInput:
    message = f"{'.'.join(item.path)!r} is said as a whole and in parts."
    return InvalidInput(message, problems=[Problem(message, item.position, "Say it in parts only.")])


def _assembled(branch: dict[str, Any], position: Position) -> Node:
    children = {
        name: value if isinstance(value, Node) else _assembled(value, _first(value, position))
        for name, value in branch.items()
    }
    return Node(children, position, keys={name: child.position for name, child in children.items()})


def _first(branch: dict[str, Any], position: Position) -> Position:
    for value in branch.values():
        return value.position if isinstance(value, Node) else _first(value, position)
    return position
