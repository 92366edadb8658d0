"""One `List` in JSON, for programs."""

from __future__ import annotations

import json

from cdkit_manifests.bundle import Bundle
from cdkit_manifests.writers.field_order import ordered

FILE = "manifests.json"


def files(bundle: Bundle) -> dict[str, str]:
    """One file with the objects that no environment changes."""
    items = [ordered(item) for item in bundle.objects]
    return {FILE: json.dumps({"apiVersion": "v1", "kind": "List", "items": items}, indent=2) + "\n"}
