"""Objects as YAML text, with comments. The same objects give the same text, to the byte.

PyYAML writes no comments, and takes eight times as long; of YAML's many ways to write a value we need one each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from cdkit_manifests.fields import FieldPath
from cdkit_manifests.identity import step_name
from cdkit_manifests.writers.scalars import block, comment, key, scalar

Comments = Mapping[FieldPath, str]
"""Notes by the field that they stand beside."""


class Snippet(msgspec.Struct, frozen=True):
    """Text of a template language in the place of a field's value; it is written as it is.

    Attributes:
        text: what stands behind the key and its colon.
        before: lines before the field.
        after: lines after the field.
    """

    text: str
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


def document(value: dict[str, Any] | list[Any], comments: Comments | None = None) -> str:
    """A YAML document of an object or a list, without the line that divides documents."""
    notes = dict(comments or {})
    head = [comment(notes[()])] if () in notes else []
    return "\n".join([*head, *_Lines(notes).of(value), ""])


class _Lines:
    """Writes values as lines; lists stand at the indentation of their key, as kubectl prints them."""

    def __init__(self, comments: Comments) -> None:
        self._comments = comments

    def of(self, value: dict[str, Any] | list[Any]) -> Iterator[str]:
        """The lines of a document."""
        return self._mapping(value, ()) if isinstance(value, dict) else self._entries("", value, ())

    def _mapping(self, fields: dict[str, Any], path: FieldPath) -> Iterator[str]:
        for name, value in fields.items():
            yield from self._field(name, value, (*path, name))

    def _field(self, name: str, value: Any, path: FieldPath) -> Iterator[str]:
        if isinstance(value, Snippet):
            yield from value.before
            yield f"{key(name)}: {value.text}" if value.text else f"{key(name)}:"
            yield from value.after
            return
        note = self._note(path)
        if isinstance(value, dict) and value:
            yield f"{key(name)}:{note}"
            yield from (f"  {line}" for line in self._mapping(value, path))
        elif isinstance(value, list) and value:
            yield f"{key(name)}:{note}"
            yield from self._entries(name, value, path)
        else:
            first, *rest = _leaf(value)
            yield f"{key(name)}: {first}{note}"
            yield from (f"  {line}" if line else "" for line in rest)

    def _entries(self, field: str, entries: list[Any], path: FieldPath) -> Iterator[str]:
        for index, entry in enumerate(entries):
            step = (*path, step_name(field, entry, index))
            if step in self._comments:
                yield comment(self._comments[step])
            yield from (
                f"{'  ' if number else '- '}{line}" if line else "" for number, line in self._entry(entry, step)
            )

    def _entry(self, entry: Any, path: FieldPath) -> Iterator[tuple[int, str]]:
        if isinstance(entry, dict) and entry:
            return enumerate(self._mapping(entry, path))
        if isinstance(entry, list) and entry:
            return enumerate(self._entries("", entry, path))
        return enumerate(_leaf(entry))

    def _note(self, path: FieldPath) -> str:
        note = self._comments.get(path)
        return f"  {comment(note)}" if note else ""


def _leaf(value: Any) -> list[str]:
    if isinstance(value, dict):
        return ["{}"]
    if isinstance(value, list):
        return ["[]"]
    lines = block(value) if isinstance(value, str) else None
    return lines or [scalar(value)]
