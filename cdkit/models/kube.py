"""Names of Kubernetes objects. The objects themselves stay the dictionaries that the API server speaks."""

from __future__ import annotations

from typing import Any

import msgspec

Manifest = dict[str, Any]
"""One Kubernetes object, as its JSON."""


class ObjectRef(msgspec.Struct, frozen=True):
    """Which object: enough to build its address at the API server."""

    api_version: str
    kind: str
    name: str
    namespace: str = ""

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"

    @classmethod
    def of(cls, manifest: Manifest, namespace: str = "") -> ObjectRef:
        """The reference of a manifest; `namespace` serves when the manifest names none."""
        metadata = manifest["metadata"]
        return cls(manifest["apiVersion"], manifest["kind"], metadata["name"], metadata.get("namespace") or namespace)


class Resource(msgspec.Struct, frozen=True):
    """Where objects of one kind live: `deployments`, in namespaces or in the cluster itself."""

    plural: str
    namespaced: bool


class ObjectQuery(msgspec.Struct, frozen=True):
    """Which objects of one kind in one namespace; selectors in the API's own syntax."""

    api_version: str
    kind: str
    namespace: str = ""
    label_selector: str = ""
    field_selector: str = ""


class ObjectChange(msgspec.Struct, frozen=True):
    """One message of a watch: `ADDED`, `MODIFIED`, `DELETED`, `BOOKMARK` or `ERROR`, with its object."""

    type: str
    object: Manifest
