"""Plain YAML: one document an object, in the order in which they can be applied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cdkit.api import Manifest, Source
from cdkit_manifests.bundle import Bundle
from cdkit_manifests.fields import Field
from cdkit_manifests.writers.field_order import ordered
from cdkit_manifests.writers.notes import notes_by_object
from cdkit_manifests.writers.yaml_text import document

FILE = "manifests.yaml"


def files(bundle: Bundle) -> dict[str, str]:
    """One file with the objects that no environment changes, and notes on where inferred values came from."""
    return {FILE: write(bundle.objects, bundle.origins)}


def write(objects: Sequence[Manifest], origins: Mapping[Field, Source] | None = None) -> str:
    """The objects as one text, to the byte the same for the same objects."""
    notes = notes_by_object(origins or {})
    return "".join(
        f"---\n{document(ordered(item), notes.get((item['kind'], item['metadata']['name'])))}" for item in objects
    )
