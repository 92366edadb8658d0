"""JSON patches, for what strategic merge patches cannot say: they say everything, by the number of each entry.

https://datatracker.ietf.org/doc/html/rfc6902
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def json_patch(base: Any, wanted: Any, path: str = "") -> Iterator[dict[str, Any]]:
    """The operations that turn one value into another.

    Args:
        base: the value as it is.
        wanted: the value as it shall be.
        path: where it stands, as RFC 6901 writes it.
    """
    if isinstance(base, dict) and isinstance(wanted, dict):
        yield from _mapping(base, wanted, path)
    elif isinstance(base, list) and isinstance(wanted, list):
        yield from _entries(base, wanted, path)
    elif not _same(base, wanted):
        yield {"op": "replace", "path": path, "value": wanted}


def _mapping(base: dict[str, Any], wanted: dict[str, Any], path: str) -> Iterator[dict[str, Any]]:
    for name in base:
        if name not in wanted:
            yield {"op": "remove", "path": _step(path, name)}
    for name, value in wanted.items():
        if name in base:
            yield from json_patch(base[name], value, _step(path, name))
        else:
            yield {"op": "add", "path": _step(path, name), "value": value}


def _entries(base: list[Any], wanted: list[Any], path: str) -> Iterator[dict[str, Any]]:
    common = min(len(base), len(wanted))
    for index in range(common):
        yield from json_patch(base[index], wanted[index], f"{path}/{index}")
    for index in range(len(base) - 1, common - 1, -1):
        yield {"op": "remove", "path": f"{path}/{index}"}
    for value in wanted[common:]:
        yield {"op": "add", "path": f"{path}/-", "value": value}


def _step(path: str, name: str) -> str:
    return f"{path}/{name.replace('~', '~0').replace('/', '~1')}"


def _same(base: Any, wanted: Any) -> bool:
    """Equal, and of one type: `1` is not `true`."""
    return type(base) is type(wanted) and bool(base == wanted)
