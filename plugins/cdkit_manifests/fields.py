"""Fields of Kubernetes objects: how a place in an object is named and shown."""

from __future__ import annotations

import re

import msgspec

FieldPath = tuple[str, ...]
"""The way to a field of an object: `("spec", "template", "spec", "containers", "[web]", "image")`.

An entry of a list is named by what tells it apart from the others, else by its number from 0 (`identity.step_name`).
"""

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9]*|\[[^\[\]\x00-\x1f\x7f]*\]")


class Field(msgspec.Struct, frozen=True):
    """One field of one object.

    Attributes:
        kind: the object's kind.
        name: the object's name.
        path: the way to the field; entries of lists by `identity.step_name`. Empty for the object itself.
    """

    kind: str
    name: str
    path: FieldPath = ()

    def __str__(self) -> str:
        return f"{self.kind} {self.name}, {shown(self.path)}" if self.path else f"{self.kind} {self.name}"


def shown(path: FieldPath) -> str:
    """A way for a person: `spec.template.spec.containers[web].image`."""
    text = ""
    for step in path:
        if not _PLAIN.fullmatch(step):
            text += f"[{step!r}]"
        elif step.startswith("["):
            text += step
        else:
            text += f".{step}" if text else step
    return text
