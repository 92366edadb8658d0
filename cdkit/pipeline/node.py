"""Values that remember where they stand, and how they were written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from cdkit.models.problem import Position


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
