"""Notes on where values came from, put beside the fields that hold them."""

from __future__ import annotations

from collections.abc import Mapping

from cdkit.api import Source
from cdkit_manifests.fields import Field, FieldPath


def notes_by_object(origins: Mapping[Field, Source]) -> dict[tuple[str, str], dict[FieldPath, str]]:
    """The notes of each object, by its kind and name."""
    notes: dict[tuple[str, str], dict[FieldPath, str]] = {}
    for field, source in origins.items():
        notes.setdefault((field.kind, field.name), {})[field.path] = str(source)
    return notes
