"""Whether a form can hold the values of objects: then every reader finds what was written."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

from cdkit.api import InvalidInput
from cdkit_manifests.bundle import Bundle
from cdkit_manifests.fields import Field, FieldPath
from cdkit_manifests.identity import step_name
from cdkit_manifests.writers import Format

DEEPEST = 60
"""Levels of nesting; no object of Kubernetes comes near it."""

_NOWHERE = re.compile("[\ud800-\udfff]")
"""Halves of surrogate pairs: no text in UTF-8 has any."""

_NOT_IN_GO = re.compile("[\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
"""Signs that Helm and Kustomize read, write as they are, and cannot read again (seen with helm 4.1, kubectl 1.34)."""

_REFUSED = {"kustomize": _NOT_IN_GO, "helm": _NOT_IN_GO}


def check_writable(bundle: Bundle, form: Format) -> None:
    """See that a bundle can be written down.

    Raises:
        InvalidInput: a value is not of JSON, too deep, or has a sign that would get lost; the message names its field.
    """
    refused = _REFUSED.get(form, _NOWHERE)
    for name in ("name", "version", "description"):
        found = refused.search(getattr(bundle, name))
        if found:
            raise _invalid(f"The application's {name} {_sign(found[0], form)}.")
    for item in (item for objects in (bundle.objects, *bundle.environments.values()) for item in objects):
        for path, value in _values(item, ()):
            wrong = _wrong(value, refused, form)
            if wrong or len(path) > DEEPEST:
                field = Field(str(item.get("kind")), str(item["metadata"].get("name")), path[:DEEPEST])
                raise _invalid(f"{field} {wrong or f'is nested more than {DEEPEST} levels deep'}.")


def _values(value: Any, path: FieldPath) -> Iterator[tuple[FieldPath, Any]]:
    """A value and all that are in it, with the way to each; one level deeper than is allowed, and no further."""
    yield path, value
    if len(path) > DEEPEST:
        return
    if isinstance(value, dict):
        for name, entry in value.items():
            yield from _values(entry, (*path, str(name)))
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            yield from _values(entry, (*path, step_name(path[-1] if path else "", entry, index)))


def _wrong(value: Any, refused: re.Pattern[str], form: Format) -> str:
    if isinstance(value, dict):
        names = [name for name in value if not isinstance(name, str)]
        return f"has the key {names[0]!r}, which is no text" if names else _wrong(" ".join(value), refused, form)
    if isinstance(value, str):
        found = refused.search(value)
        return _sign(found[0], form) if found else ""
    if isinstance(value, float) and not math.isfinite(value):
        return f"is {value}, which is no number in JSON"
    known = value is None or isinstance(value, bool | int | float | list)
    return "" if known else f"is of the type {type(value).__name__}, which JSON does not know"


def _sign(sign: str, form: Format) -> str:
    return f"holds the sign U+{ord(sign):04X}, which the format {form!r} cannot carry"


def _invalid(message: str) -> InvalidInput:
    return InvalidInput(message, remedy="Correct the value where it comes from.")
