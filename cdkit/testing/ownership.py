"""Who set which fields of an object: `metadata.managedFields`. Pure but for `own`."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from cdkit.models.kube import FieldRefusal, Manifest
from cdkit.testing.field_sets import applied, differing, fields_of, intersection, union

MANAGER = "cdkit"


def apply(live: Manifest | None, manifest: Manifest) -> Manifest:
    """An object after cdkit applied a manifest to it; None stands for an object that is not there yet."""
    manifest = {name: value for name, value in copy.deepcopy(manifest).items() if name != "status"}
    fields = fields_of(manifest)
    if live is None:
        after = manifest
    else:
        before = _owned(live, _is_ours)
        after = applied(live, manifest, before, _owned(live, lambda entry: not _is_ours(entry)))
        after["metadata"]["managedFields"] = live["metadata"].get("managedFields", [])
    own(after, MANAGER, "Apply", fields)
    return after


def conflicts(live: Manifest, manifest: Manifest) -> list[FieldRefusal]:
    """The fields of a manifest that other managers have set to something else, as a server's Status names them."""
    wanted = fields_of(manifest)
    return [
        FieldRefusal(path, "FieldManagerConflict", f'conflict with "{entry["manager"]}" using {entry["apiVersion"]}')
        for entry in live["metadata"].get("managedFields", ())
        if not _is_ours(entry)
        for path in differing(live, manifest, intersection(wanted, entry["fieldsV1"]))
    ]


def _is_ours(entry: dict[str, Any]) -> bool:
    return (entry["manager"], entry["operation"]) == (MANAGER, "Apply")


def _owned(manifest: Manifest, chosen: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    owned: dict[str, Any] = {}
    for entry in manifest["metadata"].get("managedFields", ()):
        if chosen(entry):
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
