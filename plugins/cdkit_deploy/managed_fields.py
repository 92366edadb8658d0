"""Which fields of an object a field manager has applied, and the manifest that would apply them again.

The API server keeps, for every manager, the set of fields that it applied last
(https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management). The values of just these fields
are what the manager applied: so the object itself remembers how to be put back.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from cdkit.api import Manifest

MANAGER = "cdkit"


def applied_by_us(live: Manifest) -> Manifest | None:
    """The manifest that cdkit applied last, with the values that the object has now; None when it never applied one."""
    entries = live["metadata"].get("managedFields", [])
    ours = next((entry for entry in entries if entry["manager"] == MANAGER and entry["operation"] == "Apply"), None)
    if ours is None:
        return None
    applied: Manifest = _extract(live, ours["fieldsV1"])
    applied["apiVersion"], applied["kind"] = live["apiVersion"], live["kind"]
    metadata = applied.setdefault("metadata", {})
    metadata["name"] = live["metadata"]["name"]
    if "namespace" in live["metadata"]:
        metadata["namespace"] = live["metadata"]["namespace"]
    return applied


def _extract(value: Any, fields: Mapping[str, Any]) -> Any:
    """The part of a value that a set of fields names. An empty set names the whole value."""
    below = {key: nested for key, nested in fields.items() if key != "."}
    if not below:
        return value
    if isinstance(value, dict):
        return _extract_members(value, below)
    if isinstance(value, list):
        return _extract_items(value, below)
    return value


def _extract_members(value: Mapping[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    names = {key.removeprefix("f:"): nested for key, nested in fields.items() if key.startswith("f:")}
    return {name: _extract(value[name], nested) for name, nested in names.items() if name in value}


def _extract_items(items: Sequence[Any], fields: Mapping[str, Any]) -> list[Any]:
    """The items that are named by their keys (`k:{"name":"web"}`) or, in a set of scalars, by their value (`v:"a"`)."""
    extracted = []
    for item in items:
        for key, nested in fields.items():
            if key.startswith("k:") and _has_key(item, json.loads(key[2:])):
                # The key itself is always applied, also when the server lists it not as a field of its own.
                extracted.append({**json.loads(key[2:]), **_extract(item, nested)})
            elif key.startswith("v:") and item == json.loads(key[2:]):
                extracted.append(item)
    return extracted


def _has_key(item: Any, key: Mapping[str, Any]) -> bool:
    return isinstance(item, dict) and all(item.get(name) == value for name, value in key.items())
