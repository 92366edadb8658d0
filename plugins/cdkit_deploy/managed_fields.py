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


def is_applied(live: Manifest, manifest: Manifest) -> bool:
    """Whether applying a manifest would change nothing: the API server need not be asked.

    It is so when the fields that cdkit applied last are just those of the manifest, and still have its values. Where
    the server writes a value in another form (`1000m` as `1`) the answer is no, and the server decides.
    """
    ours = [entry for entry in live["metadata"].get("managedFields", ()) if entry["manager"] == MANAGER]
    if [(entry["operation"], entry["apiVersion"]) for entry in ours] != [("Apply", manifest["apiVersion"])]:
        return False
    return _is_same(_own_part(manifest), live, ours[0]["fieldsV1"])


def _own_part(manifest: Manifest) -> Manifest:
    """What of a manifest is owned by whoever applies it: not the names that it is known by."""
    metadata = {name: value for name, value in manifest["metadata"].items() if name not in {"name", "namespace"}}
    body = {name: value for name, value in manifest.items() if name not in {"apiVersion", "kind", "metadata"}}
    return body | {"metadata": metadata} if metadata else body


def _is_same(wanted: Any, live: Any, fields: Mapping[str, Any]) -> bool:
    below = {key: nested for key, nested in fields.items() if key != "."}
    if not below:
        return bool(wanted == live) and type(wanted) is type(live)
    if isinstance(wanted, dict) and isinstance(live, dict):
        return _are_same_members(wanted, live, below)
    return isinstance(wanted, list) and isinstance(live, list) and _are_same_items(wanted, live, below)


def _are_same_members(
    wanted: Mapping[str, Any], live: Mapping[str, Any], fields: Mapping[str, Any], known: frozenset[str] = frozenset()
) -> bool:
    """Whether all members are the same but for those that are known to be; no other ones may be wanted or owned."""
    owned = {key.removeprefix("f:"): nested for key, nested in fields.items()}
    # The server remembers no field for an empty mapping: to apply one says nothing where there is a mapping already.
    empty = {name for name, value in wanted.items() if value == {} and isinstance(live.get(name), dict)} - owned.keys()
    if owned.keys() - known != wanted.keys() - known - empty:
        return False
    return all(
        name in live and _is_same(wanted[name], live[name], nested)
        for name, nested in owned.items()
        if name not in known
    )


def _are_same_items(wanted: Sequence[Any], live: Sequence[Any], fields: Mapping[str, Any]) -> bool:
    """Whether the items that are owned are the wanted ones, in the same order."""
    if len(wanted) != len(fields):
        return False
    remaining = iter(live)
    return all(any(_is_same_item(item, found, fields) for found in remaining) for item in wanted)


def _is_same_item(wanted: Any, live: Any, fields: Mapping[str, Any]) -> bool:
    for name, nested in fields.items():
        if name.startswith("v:"):
            if wanted == live == json.loads(name[2:]):
                return True
            continue
        key = json.loads(name[2:])
        # A key that has a default (the protocol of a port) may be left out of a manifest.
        if _has_key(live, key) and isinstance(wanted, dict) and _has_key({**key, **wanted}, key):
            below = {member: fields_below for member, fields_below in nested.items() if member != "."}
            return _are_same_members(wanted, live, below, frozenset(name for name in key if f"f:{name}" not in below))
    return False
