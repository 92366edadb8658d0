"""The namespace of the application: one value for all objects, where each environment has one namespace for all."""

from __future__ import annotations

from typing import Any

import msgspec

from cdkit_manifests.bundle import Bundle
from cdkit_manifests.fields import FieldPath
from cdkit_manifests.scopes import is_cluster_wide
from cdkit_manifests.writers.helm.settable import Settable
from cdkit_manifests.writers.helm.variants import BASE

NAMESPACE = "namespace"
COMMENT = "The namespace of all objects; empty for that of the release"
_FIELD: FieldPath = ("metadata", NAMESPACE)


class ApplicationNamespace(msgspec.Struct, frozen=True):
    """The namespace of the application.

    Attributes:
        values: the namespace by environment, empty where objects name none; nothing where there is not one for all.
    """

    values: dict[str, Any]

    @classmethod
    def of(cls, bundle: Bundle) -> ApplicationNamespace:
        """The namespace that all objects of an environment have."""
        sets = {BASE: bundle.objects, **bundle.environments}
        found = {
            environment: {item["metadata"].get(NAMESPACE, "") for item in objects if not is_cluster_wide(item)}
            for environment, objects in sets.items()
        }
        common = all(len(namespaces) <= 1 for namespaces in found.values()) and any(map(any, found.values()))
        return cls({name: next(iter(namespaces), "") for name, namespaces in found.items()} if common else {})

    def is_of(self, field: Settable) -> bool:
        """Whether a field is the namespace of an object, and the application's."""
        return bool(self.values) and field.path == _FIELD
