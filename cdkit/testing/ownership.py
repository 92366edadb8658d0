"""Who set which fields of an object: `metadata.managedFields`. Pure but for `own`."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any

from cdkit.models.kube import FieldRefusal, Manifest
from cdkit.testing.field_sets import agreeing, applied, differing, fields_of, intersection, union


def apply(live: Manifest | None, manifest: Manifest, manager: str) -> Manifest:
    """An object after a manager applied a manifest to it; None stands for an object that is not there yet."""
    manifest = {name: value for name, value in copy.deepcopy(manifest).items() if name != "status"}
    fields = fields_of(manifest)
    if live is None:
        after = manifest
    else:
        entries = live["metadata"].get("managedFields", [])
        ours = _owned(entry for entry in entries if _is_of(manager, entry))
        others = _owned(entry for entry in entries if not _is_of(manager, entry))
        after = applied(live, manifest, ours, others)
        left = [{**entry, "fieldsV1": agreeing(live, manifest, entry["fieldsV1"])} for entry in entries]
        after["metadata"]["managedFields"] = [entry for entry in left if entry["fieldsV1"]]
    own(after, manager, "Apply", fields)
    return after


def conflicts(live: Manifest, manifest: Manifest, manager: str) -> list[FieldRefusal]:
    """The fields of a manifest that other managers have set to something else, as a server's Status names them."""
    wanted = fields_of(manifest)
    return [
        FieldRefusal(path, "FieldManagerConflict", f'conflict with "{entry["manager"]}" using {entry["apiVersion"]}')
        for entry in live["metadata"].get("managedFields", ())
        if not _is_of(manager, entry) and (common := intersection(wanted, entry["fieldsV1"]))
        for path in differing(live, manifest, common)
    ]


def _is_of(manager: str, entry: dict[str, Any]) -> bool:
    return (entry["manager"], entry["operation"]) == (manager, "Apply")


def _owned(entries: Iterable[dict[str, Any]]) -> dict[str, Any]:
    owned: dict[str, Any] = {}
    for entry in entries:
        owned = union(owned, entry["fieldsV1"])
    return owned


def own(manifest: Manifest, manager: str, operation: str, fields: dict[str, Any]) -> None:
    """Write into an object who set which of its fields last."""
    metadata = manifest["metadata"]
    others = [
        entry
        for entry in metadata.get("managedFields", ())
        if (entry["manager"], entry["operation"]) != (manager, operation)
    ]
    entry = {
        "manager": manager,
        "operation": operation,
        "apiVersion": manifest["apiVersion"],
        "fieldsType": "FieldsV1",
        "fieldsV1": fields,
    }
    manifest["metadata"] = metadata | {"managedFields": [*others, entry]}
