"""The difference of two values of JSON, field by field. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from cdkit.api import FieldChange
from cdkit_deploy.difference.paths import item_path, member_path

_KEYS = (
    ("name",),
    ("containerPort", "protocol"),
    ("port", "protocol"),
    ("mountPath",),
    ("devicePath",),
    ("topologyKey", "whenUnsatisfiable"),
    ("ip",),
    ("host",),
    ("path",),
    ("type",),
    ("uid",),
)
"""By what the items of a list are known, as Kubernetes merges them; the first that fits all items is taken.

https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy
"""

_ORDER = " (order)"


def field_changes(before: Any, after: Any, path: str = "") -> Iterator[FieldChange]:
    """The fields in which two values differ.

    Items of a list are compared by their keys, so that one that comes or goes in the middle does not shift all behind
    it. Lists whose items have no key are compared one by one where they are as long, and else as a whole.

    Args:
        before: a value of JSON.
        after: another one.
        path: where both stand.
    """
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        yield from _of_members(before, after, path)
    elif isinstance(before, list) and isinstance(after, list):
        yield from _of_items(before, after, path)
    else:
        yield FieldChange(path, before, after)


def _of_members(before: Mapping[str, Any], after: Mapping[str, Any], path: str) -> Iterator[FieldChange]:
    for name in [*before, *(name for name in after if name not in before)]:
        there = member_path(path, name)
        yield from _of_optional(before.get(name, msgspec.UNSET), after.get(name, msgspec.UNSET), there)


def _of_optional(before: Any, after: Any, path: str) -> Iterator[FieldChange]:
    if before is msgspec.UNSET or after is msgspec.UNSET:
        yield FieldChange(path, before, after)
    else:
        yield from field_changes(before, after, path)


def _of_items(before: Sequence[Any], after: Sequence[Any], path: str) -> Iterator[FieldChange]:
    if names := _key_of(before, after):
        yield from _of_keyed(before, after, names, path)
    elif len(before) == len(after) and all(isinstance(item, dict) for item in (*before, *after)):
        for index, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from field_changes(old, new, f"{path}[{index}]")
    else:
        yield FieldChange(path, before, after)


def _of_keyed(
    before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]], names: Sequence[str], path: str
) -> Iterator[FieldChange]:
    old = {item_path("", item, names): item for item in before}
    new = {item_path("", item, names): item for item in after}
    for key in [*old, *(key for key in new if key not in old)]:
        yield from _of_optional(old.get(key, msgspec.UNSET), new.get(key, msgspec.UNSET), path + key)
    # Init containers run in their order, and a variable can refer to those before it.
    stayed, stay = [key for key in old if key in new], [key for key in new if key in old]
    if stayed != stay:
        yield FieldChange(path + _ORDER, stayed, stay)


def _key_of(before: Sequence[Any], after: Sequence[Any]) -> Sequence[str]:
    """The fields by which the items of both lists are known; empty when there are none."""
    return next((names for names in _KEYS if _is_known_by(before, names) and _is_known_by(after, names)), ())


def _is_known_by(items: Sequence[Any], names: Sequence[str]) -> bool:
    if not all(
        isinstance(item, dict) and all(isinstance(item.get(name), str | int) for name in names) for item in items
    ):
        return False
    return len({tuple(item[name] for name in names) for item in items}) == len(items)
