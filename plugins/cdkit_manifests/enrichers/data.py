"""ConfigMaps and Secrets from files, folders and values.

A hash of the content stands in the name, so that a change makes a new object, new pods read it, and a rollback finds
the old one again.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
from collections.abc import Iterator
from typing import Any

from cdkit.api import InvalidInput, Source
from cdkit_manifests.draft import Draft
from cdkit_manifests.named_files import list_folder, read_file
from cdkit_manifests.names import object_name
from cdkit_manifests.settings.parts import DataSettings
from cdkit_manifests.wish import Wish

LARGEST = 1024 * 1024
"""Bytes; what Kubernetes allows in one object.
https://kubernetes.io/docs/concepts/configuration/configmap/#motivation"""
HASH_LENGTH = 10
_LEGAL_KEY = re.compile(r"[-._a-zA-Z0-9]{1,253}")
_SPECIAL = frozenset({".", ".."})


def enrich(wish: Wish, draft: Draft) -> None:
    """Write the objects, and mount them or hand them over as variables."""
    for kind, group in (("ConfigMap", "config"), ("Secret", "secrets")):
        for name, said in getattr(wish.settings, group).items():
            source = wish.source(group, name)
            try:
                content = _content(wish, draft, said, source)
            except InvalidInput as error:
                draft.refuse(error.message, source, error.remedy)
                continue
            _check_size(draft, kind, name, content, source)
            _write(wish, draft, kind, name, said, content, source)


def _content(wish: Wish, draft: Draft, said: DataSettings, source: Source | None) -> dict[str, bytes]:
    """The keys and what each holds; a value that is said wins over a file."""
    found: dict[str, bytes] = {}
    for key, path in _paths(wish, said):
        found[key] = read_file(wish.folder, wish.boundary, path)
    found |= {key: value.encode() for key, value in said.values.items()}
    for key in found:
        if not _LEGAL_KEY.fullmatch(key) or key in _SPECIAL:
            message = f"{key!r} cannot be a key: only letters, digits, dashes, underscores and dots are allowed."
            draft.refuse(message, source, "Give the file another name, or name its key: `KEY=PATH`.")
    return dict(sorted(found.items()))


def _paths(wish: Wish, said: DataSettings) -> Iterator[tuple[str, str]]:
    for folder in said.folders:
        for name in list_folder(wish.folder, wish.boundary, folder):
            yield name, f"{folder}/{name}"
    for file in said.files:
        key, equals, path = file.partition("=")
        yield (key, path) if equals else (os.path.basename(file), file)  # noqa: PTH119 -- it is text


def _check_size(draft: Draft, kind: str, name: str, content: dict[str, bytes], source: Source | None) -> None:
    size = sum(len(key) + len(value) for key, value in content.items())
    if size > LARGEST:
        message = f"The {kind} {name!r} would hold {size} bytes; Kubernetes takes {LARGEST} at most."
        draft.refuse(message, source, "Put large files into the image or a volume.")


def _write(
    wish: Wish, draft: Draft, kind: str, name: str, said: DataSettings, content: dict[str, bytes], source: Source | None
) -> None:
    fields = _secret_fields(content) if kind == "Secret" else _config_fields(content)
    full = wish.name if name == wish.name else f"{wish.name}-{name}"
    is_fixed = said.hash is False
    if not is_fixed:
        # What is found by its content never changes; so nobody need watch it for changes.
        fields["immutable"] = True
        full = f"{object_name(full)[: 252 - HASH_LENGTH]}-{_hash(fields)}"
    full = object_name(full)
    draft.add({"apiVersion": "v1", "kind": kind, "metadata": {"name": full}, **fields}, source)
    draft.data_names[kind, name] = full
    if said.mount:
        volume = object_name(f"{kind[:6]}-{name}")
        holder = {"secret": {"secretName": full}} if kind == "Secret" else {"configMap": {"name": full}}
        draft.pod.append("volumes", {"name": volume, **holder}, source)
        mount = {"name": volume, "mountPath": said.mount, "readOnly": True}
        draft.container.append("volumeMounts", mount, source)
    if said.env:
        reference = "secretRef" if kind == "Secret" else "configMapRef"
        draft.container.append("envFrom", {reference: {"name": full}}, source)


def _config_fields(content: dict[str, bytes]) -> dict[str, Any]:
    """Text as text, all else in base64."""
    text: dict[str, str] = {}
    binary: dict[str, str] = {}
    for key, value in content.items():
        try:
            text[key] = value.decode("utf-8")
        except UnicodeDecodeError:
            binary[key] = base64.b64encode(value).decode()
    return ({"data": text} if text or not binary else {}) | ({"binaryData": binary} if binary else {})


def _secret_fields(content: dict[str, bytes]) -> dict[str, Any]:
    return {"type": "Opaque", "data": {key: base64.b64encode(value).decode() for key, value in content.items()}}


def _hash(fields: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()[:HASH_LENGTH]
