"""PyYAML's nodes, made into ours within bounds. `cdkit.pipeline.document` has what others call."""

from __future__ import annotations

from typing import Any

import yaml

from cdkit.errors import InvalidInput
from cdkit.models.problem import Position, Problem
from cdkit.pipeline.node import Node

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


def read_one(text: str, file: str) -> Node:
    """The one document of a text."""
    roots = _compose(text, file)
    if not roots:
        raise _invalid("The file is empty.", Position(file, 1, 1))
    if len(roots) > 1:
        position = _mark_position(roots[1].start_mark, file)
        raise _invalid("Here begins another document; a file holds one.", position)
    return _convert(roots, file)[0]


def read_all(text: str, file: str) -> list[Node]:
    """The documents of a text that are not empty."""
    return [node for node in _convert(_compose(text, file), file) if node.value is not None]


def read_scalar(text: str, file: str) -> Node:
    """The value of a text that is no document."""
    constructor = yaml.constructor.SafeConstructor()
    tag = yaml.resolver.Resolver().resolve(yaml.ScalarNode, text, (True, False))  # type: ignore[no-untyped-call]
    return Node(_construct(constructor, yaml.ScalarNode(tag, text)), Position(file, 1, 1), text=text)


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
