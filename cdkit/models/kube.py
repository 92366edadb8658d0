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

    @property
    def group(self) -> str:
        """The API group of its kind; the core group is the empty string."""
        return self.api_version.rpartition("/")[0]

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


class FieldRefusal(msgspec.Struct, frozen=True):
    """One field that the API server objects to, as a cause in its Status says.

    https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/

    Attributes:
        field: the field's path, as the server writes it.
        reason: the server's own word for what is wrong: `FieldValueInvalid`, `FieldManagerConflict`.
        message: what is wrong; of a Secret only what cannot be one of its values.
    """

    field: str
    reason: str
    message: str = ""


class ObjectChange(msgspec.Struct, frozen=True):
    """One message of a watch: `ADDED`, `MODIFIED`, `DELETED`, `BOOKMARK` or `ERROR`, with its object."""

    type: str
    object: Manifest
