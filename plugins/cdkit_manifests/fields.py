"""Fields of Kubernetes objects: how a place in an object is named, found and shown."""

from __future__ import annotations

from typing import Any

import msgspec

from cdkit.api import Manifest

FieldPath = tuple[str | int, ...]
"""The way to a field: keys, and for an element of a list its index or, where it has one, its `name`."""


class Field(msgspec.Struct, frozen=True):
    """A field of one object among others.

    Attributes:
        kind: the object's kind.
        name: the object's name.
        path: the way to the field in it; empty for the object itself.
    """

    kind: str
    name: str
    path: FieldPath = ()

    def __str__(self) -> str:
        return f"{self.kind} {self.name}, {shown(self.path)}" if self.path else f"{self.kind} {self.name}"

    @classmethod
    def of(cls, item: Manifest, path: FieldPath = ()) -> Field:
        """The field of an object."""
        return cls(item["kind"], item["metadata"]["name"], path)


def resolve(item: Any, path: FieldPath) -> FieldPath | None:
    """The same way with indices only, or None where the object has no such field."""
    found: list[str | int] = []
    for step in path:
        key = _index(item, step) if isinstance(item, list) and isinstance(step, str) else step
        try:
            item = item[key]
        except (LookupError, TypeError):
            return None
        found.append(key)
    return tuple(found)


def shown(path: FieldPath) -> str:
    """A way for a person: `spec.template.spec.containers[0].image`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif step.replace("-", "").replace("_", "").isalnum():
            text += f".{step}" if text else step
        else:
            text += f"[{step!r}]"
    return text


def _index(items: list[Any], name: str) -> int:
    """Where the element of a name is; beyond the end when there is none."""
    named = (index for index, item in enumerate(items) if isinstance(item, dict) and item.get("name") == name)
    return next(named, len(items))
