"""The fields that a change touches, as the lines of a difference: `-` what is, `+` what would be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Any, Literal

import msgspec

from cdkit.models.change import FieldChange

Sign = Literal["-", "+", " "]

LONGEST_VALUE = 200
"""Characters of a value on one line that are shown."""

MOST_LINES = 60
"""Lines of one value of many lines that are shown."""

MOST_COMPARED = 500
"""Lines of a text, from its first difference on, that are compared: the time for it grows with their square."""

AROUND = 2
"""Lines that stay, shown around those that change."""


class FieldLine(msgspec.Struct, frozen=True):
    """One line of a difference."""

    sign: Sign
    text: str


def field_lines(fields: Sequence[FieldChange]) -> Iterator[FieldLine]:
    """The lines for all fields of a change, in their order."""
    for field in fields:
        yield from _text_lines(field) if _is_text(field) else _value_lines(field)


def _is_text(field: FieldChange) -> bool:
    """Whether both values are text, and one of them has several lines: a file in a ConfigMap."""
    values = [value for value in (field.before, field.after) if value is not msgspec.UNSET]
    return all(isinstance(value, str) for value in values) and any("\n" in value for value in values)


def _value_lines(field: FieldChange) -> Iterator[FieldLine]:
    if field.before is not msgspec.UNSET:
        yield FieldLine("-", f"{field.path}: {_in_one_line(field.before)}")
    if field.after is not msgspec.UNSET:
        yield FieldLine("+", f"{field.path}: {_in_one_line(field.after)}")


def _in_one_line(value: Any) -> str:
    text = value if isinstance(value, str) and value.strip() else msgspec.json.encode(value).decode()
    rest = len(text) - LONGEST_VALUE
    return text if rest <= 0 else f"{text[:LONGEST_VALUE]}... ({rest} more characters)"


def _text_lines(field: FieldChange) -> Iterator[FieldLine]:
    yield FieldLine(" ", f"{field.path}:")
    before, after = (value.splitlines() if value is not msgspec.UNSET else [] for value in (field.before, field.after))
    lines = list(_line_changes(*_worth_comparing(before, after)))
    yield from lines[:MOST_LINES]
    if len(lines) > MOST_LINES:
        yield FieldLine(" ", f"  ... ({len(lines) - MOST_LINES} more lines)")


def _worth_comparing(before: Sequence[str], after: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """A bounded part of two long texts, from just before their first difference."""
    pairs = enumerate(zip(before, after, strict=False))
    first = next((index for index, (old, new) in pairs if old != new), min(len(before), len(after)))
    part = slice(max(0, first - AROUND), first + MOST_COMPARED)
    return before[part], after[part]


def _line_changes(before: Sequence[str], after: Sequence[str]) -> Iterator[FieldLine]:
    groups = SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(AROUND)
    for number, group in enumerate(groups):
        if number:
            yield FieldLine(" ", "  ...")
        for tag, first, last, start, end in group:
            if tag == "equal":
                yield from _indented(" ", before[first:last])
            else:
                yield from _indented("-", before[first:last])
                yield from _indented("+", after[start:end])


def _indented(sign: Sign, lines: Sequence[str]) -> Iterator[FieldLine]:
    return (FieldLine(sign, f"  {line[:LONGEST_VALUE]}") for line in lines)
