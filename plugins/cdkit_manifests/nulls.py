"""Fields that are null: Kubernetes takes them for absent."""

from __future__ import annotations

from typing import Any


def without_nulls(value: Any) -> Any:
    """A copy of a value without the fields in it that are null."""
    if isinstance(value, dict):
        return {name: without_nulls(entry) for name, entry in value.items() if entry is not None}
    if isinstance(value, list):
        return [without_nulls(entry) for entry in value]
    return value
