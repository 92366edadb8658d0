"""The kinds of patches that an API server takes, on plain JSON. Pure: nothing that is given is changed.

https://kubernetes.io/docs/reference/using-api/api-concepts/#patch-and-apply
"""

from __future__ import annotations

import copy
from typing import Any

from cdkit.testing.associative import find, has_keys, key_of


class PatchFailed(ValueError):
    """A JSON patch names a place that is not there, or a `test` in it does not hold."""


def merge_patch(target: Any, patch: Any) -> Any:
    """RFC 7386: null deletes, a list replaces."""
    if not isinstance(patch, dict):
        return copy.deepcopy(patch)
    merged = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = merge_patch(merged.get(name), value)
    return merged


def strategic_patch(target: Any, patch: Any, field: str = "") -> Any:
    """Like a merge patch, but lists with keys are merged item by item, and `$patch: delete` takes an item out."""
    if isinstance(patch, list) and isinstance(target, list) and has_keys(field, patch):
        return _merge_items(target, patch, field)
    if not isinstance(patch, dict):
        return copy.deepcopy(patch)
    merged = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = strategic_patch(merged.get(name), value, name)
    return merged


def json_patch(target: Any, operations: list[dict[str, Any]]) -> Any:
    """RFC 6902: `add`, `replace`, `remove` and `test`.

    Raises:
        PatchFailed: a place is not there, or a `test` does not hold.
    """
    result = copy.deepcopy(target)
    for operation in operations:
        _operate(result, operation)
    return result


def _merge_items(target: list[Any], patch: list[Any], field: str) -> list[Any]:
    merged = list(target)
    for item in patch:
        index = find(field, merged, key_of(field, item) or {})
        if item.get("$patch") == "delete":
            if index is not None:
                del merged[index]
        elif index is None:
            merged.append(copy.deepcopy(item))
        else:
            merged[index] = strategic_patch(merged[index], item)
    return merged


def _operate(document: Any, operation: dict[str, Any]) -> None:
    verb, path = operation["op"], operation["path"]
    *parents, last = [part.replace("~1", "/").replace("~0", "~") for part in path.split("/")[1:]]
    try:
        place = document
        for part in parents:
            place = place[int(part)] if isinstance(place, list) else place[part]
        _OPERATIONS[verb](place, _index(place, last), operation.get("value"))
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise PatchFailed(f"cannot {verb} {path}: {error}") from error


def _index(place: Any, part: str) -> Any:
    if not isinstance(place, list):
        return part
    return len(place) if part == "-" else int(part)


def _add(place: Any, index: Any, value: Any) -> None:
    if isinstance(place, list):
        place.insert(index, value)
    else:
        place[index] = value


def _replace(place: Any, index: Any, value: Any) -> None:
    if isinstance(place, dict) and index not in place:
        raise KeyError(index)
    place[index] = value


def _remove(place: Any, index: Any, _: Any) -> None:
    del place[index]


def _test(place: Any, index: Any, value: Any) -> None:
    if place[index] != value:
        msg = f"it is {place[index]!r}"
        raise ValueError(msg)


_OPERATIONS = {"add": _add, "replace": _replace, "remove": _remove, "test": _test}
