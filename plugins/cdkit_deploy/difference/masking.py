"""Secrets in a difference: that a value changes is shown, the value is not."""

from __future__ import annotations

import base64
import binascii
import json
import secrets
from hashlib import blake2b
from typing import Any

from cdkit.api import Manifest

MASK = "***"
_SHOWN = frozenset({"apiVersion", "kind", "metadata", "type", "immutable"})
"""All else of a Secret is taken for its values, a field that is written wrong (`stringdata`) too."""


class Fingerprint:
    """Gives equal values equal marks that say nothing about them.

    Args:
        key: makes the marks of one plan comparable with each other, and with no others: who knows a mark cannot try
            values out.
    """

    def __init__(self, key: bytes | None = None) -> None:
        self._key = key or secrets.token_bytes(16)

    def of(self, value: bytes) -> str:
        """The mark of a value: `*** 3f9a1c02`."""
        return f"{MASK} {blake2b(value, key=self._key, digest_size=4).hexdigest()}"


def masked(manifest: Manifest, fingerprint: Fingerprint) -> Manifest:
    """An object that may be shown: of a Secret the names of its values, and a mark for each value."""
    if manifest["kind"] != "Secret":
        return manifest
    return {
        name: value if name in _SHOWN else _masked_values(name, value, fingerprint) for name, value in manifest.items()
    }


def _masked_values(field: str, values: Any, fingerprint: Fingerprint) -> Any:
    if not isinstance(values, dict):
        return fingerprint.of(_bytes(field, values))
    return {name: fingerprint.of(_bytes(field, value)) for name, value in values.items()}


def _bytes(field: str, value: Any) -> bytes:
    """The value itself, so that it has one mark in `data` (base64) and in `stringData`."""
    if not isinstance(value, str):
        return json.dumps(value, sort_keys=True, default=str).encode()
    if field == "data":
        try:
            return base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError):
            pass
    return value.encode(errors="surrogateescape")
