"""Which fields a manager applied, and server-side apply with them. Pure: nothing that is given is changed.

A set is what `metadata.managedFields[].fieldsV1` holds: `f:` before a field's name, `k:` before an item's key.
https://kubernetes.io/docs/reference/using-api/server-side-apply/
"""

from __future__ import annotations

import copy
import json
from typing import Any

from cdkit.models.kube import Manifest
from cdkit.testing.associative import find, has_keys, key_of
from cdkit.testing.patches import strategic_patch

FieldSet = dict[str, Any]

_NOT_OWNED = frozenset({"apiVersion", "kind", "status"})
_METADATA_NOT_OWNED = frozenset({"name", "namespace", "managedFields", "resourceVersion", "uid", "creationTimestamp"})


def fields_of(manifest: Manifest) -> FieldSet:
    """The fields that a manifest sets."""
    body = {name: value for name, value in manifest.items() if name not in _NOT_OWNED}
    metadata = {name: value for name, value in manifest["metadata"].items() if name not in _METADATA_NOT_OWNED}
    return _fields(body | {"metadata": metadata} if metadata else {k: v for k, v in body.items() if k != "metadata"})


def union(first: FieldSet, second: FieldSet) -> FieldSet:
    """The fields of either set."""
    return first | {name: union(first.get(name, {}), nested) for name, nested in second.items()}


def intersection(first: FieldSet, second: FieldSet) -> FieldSet:
    """The fields of both sets."""
    common = {name: (nested, second[name]) for name, nested in first.items() if name in second}
    nested = {name: intersection(*both) for name, both in common.items()}
    # Two sets that go on below a field, and have nothing there in common, have not the field itself in common.
    return {name: fields for name, fields in nested.items() if fields or not all(common[name])}


def differing(live: Any, manifest: Any, fields: FieldSet, path: str = "", field: str = "") -> list[str]:
    """The fields of a set that two objects have with different values, as a server writes their paths."""
    below = {name: nested for name, nested in fields.items() if name != "."}
    if not below:
        return [path] if live != manifest and not fields else []
    found = []
    for name, nested in below.items():
        ours, theirs = _index(live, name, field), _index(manifest, name, field)
        if ours is not None and theirs is not None:
            step = _path_of(name)
            found += differing(live[ours], manifest[theirs], nested, path + step, name.removeprefix("f:"))
    return found


def agreeing(live: Any, manifest: Any, fields: FieldSet, field: str = "") -> FieldSet:
    """The fields of a set, but for those that two objects have with different values: these have a new owner."""
    kept: FieldSet = {}
    for name, nested in fields.items():
        ours, theirs = (None if name == "." else _index(item, name, field) for item in (live, manifest))
        if ours is None or theirs is None:
            kept[name] = nested
        elif nested:
            below = agreeing(live[ours], manifest[theirs], nested, name.removeprefix("f:"))
            kept |= {name: below} if below else {}
        elif live[ours] == manifest[theirs]:
            kept[name] = nested
    return kept


def applied(live: Manifest, manifest: Manifest, before: FieldSet, others: FieldSet) -> Manifest:
    """An object after a manifest is applied to it.

    Args:
        live: the object.
        manifest: what is applied.
        before: the fields that the same manager applied the last time; those that it left out now go away.
        others: the fields that other managers set; they stay.
    """
    kept = _without(live, before, fields_of(manifest), others)
    merged: Manifest = strategic_patch(kept, manifest)
    return merged


def _fields(value: Any, field: str = "") -> FieldSet:
    if isinstance(value, dict):
        return {f"f:{name}": _fields(nested, name) for name, nested in value.items()}
    if isinstance(value, list) and has_keys(field, value):
        return {_item_name(key_of(field, item)): {".": {}, **_fields(item)} for item in value}
    return {}


def _item_name(key: Any) -> str:
    return f"k:{json.dumps(key, separators=(',', ':'), sort_keys=True)}"


def _path_of(name: str) -> str:
    if name.startswith("f:"):
        return f".{name[2:]}"
    keys = json.loads(name[2:])
    return f"[{','.join(f'{key}={json.dumps(value)}' for key, value in keys.items())}]"


def _without(value: Any, gone: FieldSet, stays: FieldSet, others: FieldSet, field: str = "") -> Any:
    """A value without the fields that are in `gone` and in none of the other two sets."""
    kept = copy.copy(value)
    for name in (name for name in gone if name != "."):
        index = _index(kept, name, field)
        if index is None:
            continue
        if name in stays or name in others:
            nested = (gone[name], stays.get(name, {}), others.get(name, {}))
            kept[index] = _without(kept[index], *nested, field=name.removeprefix("f:"))
        else:
            del kept[index]
    return kept


def _index(value: Any, name: str, field: str) -> Any:
    """Where a field or an item of a set is in a value, or None."""
    if name.startswith("f:"):
        return name[2:] if isinstance(value, dict) and name[2:] in value else None
    return find(field, value, json.loads(name[2:])) if isinstance(value, list) else None
