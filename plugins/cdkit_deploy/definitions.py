"""What the CustomResourceDefinitions among some objects bring. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from cdkit.api import Manifest


def defined_kinds(objects: Iterable[Manifest]) -> frozenset[tuple[str, str]]:
    """The groups and kinds that the definitions among some objects bring."""
    specs = (item.get("spec") or {} for item in objects if item["kind"] == "CustomResourceDefinition")
    return frozenset((str(spec.get("group")), str((spec.get("names") or {}).get("kind"))) for spec in specs)
