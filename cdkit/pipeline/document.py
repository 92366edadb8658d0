"""YAML with positions. The text becomes a tree of nodes that remember where they stand and how they were written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import yaml

from cdkit.errors import InvalidInput
from cdkit.models.problem import Position, Problem

LARGEST_FILE = 1024 * 1024
DEEPEST = 50
MOST_NODES = 50_000

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TAG = "tag:yaml.org,2002:"
_MERGE = f"{_TAG}merge"
_KNOWN_TAGS = frozenset(
    _TAG + name
    for name in ("str", "int", "float", "bool", "null", "timestamp", "binary", "value", "merge", "map", "seq")
)


class Node(msgspec.Struct, frozen=True):
    """One value of a YAML document.

    Attributes:
        value: a scalar, a list of nodes, or a dictionary of nodes by key.
        position: where it stands.
        text: a scalar as it was written, so that `1.50` stays `1.50` where a string is wanted.
        keys: where each key of a dictionary stands.
        pending: the value is not known yet; `text` is a placeholder for people.
        quoted: a scalar was written in quotes, or as a block: it is text whatever it looks like.
    """

    value: Any
    position: Position
    text: str = ""
    keys: dict[str, Position] = {}
    pending: bool = False
    quoted: bool = False

    @property
    def kind(self) -> str:
        """What a person would call it."""
        if isinstance(self.value, dict):
            return "a mapping"
        if isinstance(self.value, list):
            return "a list"
        names = {str: "text", bool: "a boolean", int: "a number", float: "a number", type(None): "empty"}
        return names.get(type(self.value), "text")

    def plain(self) -> Any:
        """The value as ordinary Python data."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value

    def scalars(self) -> Iterator[Node]:
        """Every scalar at or below this node, in the order of the file."""
        if isinstance(self.value, dict):
            for node in self.value.values():
                yield from node.scalars()
        elif isinstance(self.value, list):
            for node in self.value:
                yield from node.scalars()
        else:
            yield self

    @classmethod
    def of(cls, value: Any, position: Position) -> Node:
        """A node of ordinary Python data, all at one position."""
        if isinstance(value, Node):
            return value
        if isinstance(value, dict):
            children = {str(key): cls.of(item, position) for key, item in value.items()}
            return cls(children, position, keys=dict.fromkeys(children, position))
        if isinstance(value, list | tuple):
            return cls([cls.of(item, position) for item in value], position)
        return cls(value, position, text=scalar_text(value))


def scalar_text(value: Any) -> str:
    """A scalar as text, in the way of YAML: `true`, not `True`."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def parse_document(text: str, file: str) -> Node:
    """Read one YAML document.

    Args:
        text: the document.
        file: its name, for positions.

    Raises:
        InvalidInput: it is too large or too deep, is not YAML, or repeats a key; with every problem found.
    """
    roots = _compose(text, file)
    if not roots:
        raise _invalid("The file is empty.", Position(file, 1, 1))
    if len(roots) > 1:
        position = _mark_position(roots[1].start_mark, file)
        raise _invalid("Here begins another document; a file holds one.", position)
    return _convert(roots, file)[0]


def parse_documents(text: str, file: str) -> list[Node]:
    """Read all YAML documents of a file; those that are empty are left out.

    Args:
        text: the documents.
        file: their file's name, for positions.

    Raises:
        InvalidInput: as `parse_document`.
    """
    return [node for node in _convert(_compose(text, file), file) if node.value is not None]


def parse_scalar(text: str, file: str) -> Node:
    """Read a value that was given on the command line, as YAML reads a plain scalar."""
    constructor = yaml.constructor.SafeConstructor()
    tag = yaml.resolver.Resolver().resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
    position = Position(file, 1, 1)
    return Node(_construct(constructor, yaml.ScalarNode(tag, text)), position, text=text)


def _refuse_deep_nesting(text: str, file: str) -> None:
    """Look at the nesting before the tree is made: libyaml's composer recurses in C, and would end the process."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                raise _too_deep(_mark_position(event.start_mark, file))
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _compose(text: str, file: str) -> list[yaml.Node]:
    """The documents of a file, as far as the syntax goes."""
    if len(text) > LARGEST_FILE:
        raise _invalid(f"The file is larger than {LARGEST_FILE // 1024} KiB.", Position(file, 1, 1))
    try:
        _refuse_deep_nesting(text, file)
        return list(yaml.compose_all(text, Loader=_Loader))
    except yaml.MarkedYAMLError as error:
        raise _invalid(_syntax_message(error), _mark_position(error.problem_mark or error.context_mark, file)) from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise _invalid(f"The file is not YAML: {_one_line(error)}.", Position(file, 1, 1)) from None


def _convert(roots: list[yaml.Node], file: str) -> list[Node]:
    converter = _Converter(file)
    nodes = [converter.convert(root, 0) for root in roots]
    if converter.problems:
        raise InvalidInput(f"{file} is not valid.", problems=converter.problems)
    return nodes


def _syntax_message(error: yaml.MarkedYAMLError) -> str:
    what = error.problem or error.context or "it does not parse"
    return f"The file is not YAML: {_one_line(what)}."


def _one_line(error: object) -> str:
    return " ".join(str(error).split())


def _mark_position(mark: Any, file: str) -> Position:
    return Position(file, mark.line + 1, mark.column + 1) if mark else Position(file, 1, 1)


def _invalid(message: str, position: Position) -> InvalidInput:
    return InvalidInput(f"{position.file} is not valid.", problems=[Problem(message, position)])


def _too_deep(position: Position) -> InvalidInput:
    return _invalid(f"The file is nested more than {DEEPEST} levels deep.", position)


def _construct(constructor: yaml.constructor.SafeConstructor, node: yaml.Node) -> Any:
    """The Python value of a scalar. Dates stay text, and so does what only looks like a value of its tag."""
    if node.tag in {f"{_TAG}timestamp", f"{_TAG}binary"}:
        return node.value
    try:
        return constructor.construct_object(node)
    except (yaml.YAMLError, ValueError, LookupError):
        return node.value


class _Converter:
    """Turns PyYAML's nodes into ours, within bounds, and collects problems on the way."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self._count = 0
        self._constructor = yaml.constructor.SafeConstructor()

    def convert(self, node: yaml.Node, depth: int) -> Node:
        position = _mark_position(node.start_mark, self.file)
        self._count += 1
        if depth > DEEPEST:
            raise _too_deep(position)
        if self._count > MOST_NODES:
            raise _invalid(f"The file has more than {MOST_NODES} values, aliases counted as often as used.", position)
        if node.tag not in _KNOWN_TAGS:
            self.problems.append(Problem(f"The tag {node.tag!r} is not known.", position, "Leave it out."))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, position, depth)
        if isinstance(node, yaml.SequenceNode):
            return Node([self.convert(item, depth + 1) for item in node.value], position)
        return Node(
            _construct(self._constructor, node), position, text=node.value, quoted=bool(getattr(node, "style", None))
        )

    def _mapping(self, node: yaml.MappingNode, position: Position, depth: int) -> Node:
        children: dict[str, Node] = {}
        keys: dict[str, Position] = {}
        merged: dict[str, Node] = {}
        for key, value in node.value:
            place = _mark_position(key.start_mark, self.file)
            if key.tag == _MERGE:
                merged = self._merge(value, depth) | merged
            elif not isinstance(key, yaml.ScalarNode):
                self.problems.append(Problem("A key must be plain text.", place))
            elif key.value in children:
                first = keys[key.value]
                self.problems.append(Problem(f"The key {key.value!r} stands twice, first in line {first.line}.", place))
            else:
                keys[key.value] = place
                children[key.value] = self.convert(value, depth + 1)
        keys = {name: merged[name].position for name in merged} | keys
        return Node(merged | children, position, keys=keys)

    def _merge(self, node: yaml.Node, depth: int) -> dict[str, Node]:
        """The keys that `<<` brings in; of several mappings the first one wins (https://yaml.org/type/merge.html)."""
        if isinstance(node, yaml.SequenceNode):
            found: dict[str, Node] = {}
            for item in node.value:
                found = self._merge(item, depth + 1) | found
            return found
        converted = self.convert(node, depth + 1)
        if isinstance(converted.value, dict):
            return converted.value
        self.problems.append(Problem("`<<` takes a mapping or a list of mappings.", converted.position))
        return {}
