"""JSONPath as kubectl reads it, as far as `kubectl wait --for=jsonpath` needs it.

kubectl's dialect is older than RFC 9535: the expression may stand in braces and without `$`, a dot within a name is
escaped with a backslash, and filters compare and know no `&&`.
https://kubernetes.io/docs/reference/kubectl/jsonpath/
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator
from typing import Any

Step = Callable[[Any], Iterator[Any]]
"""Gives what one part of a path finds in a value."""

_PART = re.compile(
    r"(?P<deep>\.\.)(?=[\w*\[\\-])"
    r"|\.?\[(?P<brackets>(?:'[^']*'|\"[^\"]*\"|\?\((?:'[^']*'|\"[^\"]*\"|[^'\"()])*\)|[^\]'\"?])+)\]"
    r"|\.?(?P<name>\*|(?:\\.|[^.\[\]{}()\s\\'\"*$@])+)"
)
_QUOTED = re.compile(r"'(?P<single>[^']*)'|\"(?P<double>[^\"]*)\"")
_SLICE = re.compile(r"(?P<start>-?\d+)?:(?P<stop>-?\d+)?(?::(?P<step>\d+))?")
_FILTER = re.compile(
    r"\?\(\s*@(?P<path>.*?)\s*(?:(?P<sign>==|!=|<=|>=|<|>)\s*(?P<value>'[^']*'|\"[^\"]*\"|[\w.+-]+)\s*)?\)"
)
_SIGNS = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
_WORDS = {"true": True, "false": False, "null": None}


class BadPath(ValueError):
    """A text is no JSONPath of kubectl's; the message says from where on it is not."""


class JsonPath:
    r"""One path, read once.

    Args:
        text: `{.status.phase}`, `.status.conditions[?(@.type=="Ready")].status`, `{.metadata.labels.a\.b/c}`.

    Raises:
        BadPath: it is no path.
    """

    def __init__(self, text: str) -> None:
        inner = text.strip()
        if inner.startswith("{") and inner.endswith("}"):
            inner = inner[1:-1].strip()
        self._steps = _steps(inner.removeprefix("$"))

    def find(self, value: Any) -> list[Any]:
        """All that the path leads to in a JSON value; nothing when a part of it is not there."""
        found = [value]
        for step in self._steps:
            found = [item for each in found for item in step(each)]
        return found


def _steps(text: str) -> list[Step]:
    steps: list[Step] = []
    position = 0
    while position < len(text):
        part = _PART.match(text, position)
        if part is None:
            raise BadPath(f"cannot read {text[position:]!r}")
        position = part.end()
        steps.append(_step(part))
    return steps


def _step(part: re.Match[str]) -> Step:
    if part["deep"]:
        return _everything_below
    if part["name"]:
        return _children if part["name"] == "*" else _named(re.sub(r"\\(.)", r"\1", part["name"]))
    inner: str = part["brackets"].strip()
    if inner.startswith("?"):
        return _filtered(inner)
    return _united([_indexed(index.strip()) for index in _split(inner)])


def _split(union: str) -> list[str]:
    """The members of `'a','b'` or `0,2`; a comma within quotes does not part them."""
    return re.findall(r"'[^']*'|\"[^\"]*\"|[^,]+", union)


def _indexed(index: str) -> Step:
    if index == "*":
        return _children
    if quoted := _QUOTED.fullmatch(index):
        return _named(quoted["single"] if quoted["single"] is not None else quoted["double"])
    if re.fullmatch(r"-?\d+", index):
        number = int(index)
        return lambda value: iter(value[number:][:1] if number != -1 else value[-1:]) if _is_list(value) else iter(())
    if found := _SLICE.fullmatch(index):
        bounds = slice(*(int(text) if text else None for text in found.group("start", "stop", "step")))
        return lambda value: iter(value[bounds]) if _is_list(value) else iter(())
    raise BadPath(f"cannot read [{index}]")


def _united(steps: list[Step]) -> Step:
    return lambda value: (item for step in steps for item in step(value))


def _named(name: str) -> Step:
    return lambda value: iter((value[name],)) if isinstance(value, dict) and name in value else iter(())


def _children(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        return iter(value.values())
    return iter(value if _is_list(value) else ())


def _everything_below(value: Any) -> Iterator[Any]:
    yield value
    for child in _children(value):
        yield from _everything_below(child)


def _filtered(text: str) -> Step:
    found = _FILTER.fullmatch(text)
    if found is None:
        raise BadPath(f"cannot read the filter [{text}]")
    path, sign = JsonPath(found["path"]), found["sign"]
    if sign is None:
        return lambda value: (item for item in _children(value) if path.find(item))
    compare, wanted = _SIGNS[sign], _literal(found["value"])
    return lambda value: (item for item in _children(value) if _holds(path.find(item), compare, wanted))


def _holds(found: list[Any], compare: Callable[[Any, Any], bool], wanted: Any) -> bool:
    try:
        return len(found) == 1 and bool(compare(found[0], wanted))
    except TypeError:
        return False


def _literal(text: str) -> Any:
    if quoted := _QUOTED.fullmatch(text):
        return quoted["single"] if quoted["single"] is not None else quoted["double"]
    if text in _WORDS:
        return _WORDS[text]
    try:
        return float(text) if "." in text else int(text)
    except ValueError as error:
        raise BadPath(f"cannot read {text!r}; a text stands in quotes") from error


def _is_list(value: Any) -> bool:
    return isinstance(value, list)
