"""What is applied of a manifest: with our marks, and without what only the server may write. Pure."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Any

from cdkit.api import Manifest

OWNER = "cdkit.dev/owner"
"""Annotation: who deployed an object last, so that nobody else removes it."""

MANAGED_BY = "app.kubernetes.io/managed-by"
"""https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/"""

US = "cdkit"

_WRITTEN_BY_THE_SERVER = (
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "generation",
    "managedFields",
    "resourceVersion",
    "selfLink",
    "uid",
)


def prepared(objects: Iterable[Manifest], owner: str) -> list[Manifest]:
    """The objects as they are applied. The given ones stay as they are."""
    return [_prepared(item, owner) for item in objects]


def without_server_fields(manifest: Manifest) -> Manifest:
    """An object as somebody could have written it: without its status, and without what identifies this one copy."""
    metadata = {name: value for name, value in manifest["metadata"].items() if name not in _WRITTEN_BY_THE_SERVER}
    return {name: value for name, value in manifest.items() if name != "status"} | {"metadata": metadata}


def _prepared(item: Manifest, owner: str) -> Manifest:
    made = without_server_fields(item)
    metadata = made["metadata"]
    metadata["labels"] = {MANAGED_BY: US, **(metadata.get("labels") or {})}
    metadata["annotations"] = {**(metadata.get("annotations") or {}), OWNER: owner}
    return _with_data_only(made) if made["kind"] == "Secret" else made


def _with_data_only(secret: Manifest) -> Manifest:
    """A Secret with all in `data`: a key that goes away from `stringData` would stay in the object for ever.

    https://kubernetes.io/docs/reference/kubernetes-api/config-and-storage-resources/secret-v1/
    """
    written: dict[str, Any] = secret.pop("stringData", None) or {}
    if written:
        encoded = {key: base64.b64encode(str(value).encode()).decode() for key, value in written.items()}
        secret["data"] = {**(secret.get("data") or {}), **encoded}
    return secret
