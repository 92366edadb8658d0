"""What an object holds that nobody wrote into it, and that differs without a meaning."""

from __future__ import annotations

from typing import Any

from cdkit.api import Manifest

_BOOKKEEPING = frozenset(
    {"creationTimestamp", "generation", "managedFields", "resourceVersion", "selfLink", "uid", "deletionTimestamp"}
)
_ANNOTATIONS = frozenset({"kubectl.kubernetes.io/last-applied-configuration", "deployment.kubernetes.io/revision"})
"""kubectl keeps a copy of all that was applied in the first one, the values of Secrets too."""


def without_noise(manifest: Manifest) -> Manifest:
    """An object without its status and without what the server and kubectl note in it for themselves."""
    written = {name: value for name, value in manifest.items() if name not in {"status", "metadata"}}
    return {**written, "metadata": _metadata(manifest["metadata"])}


def _metadata(metadata: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in metadata.items() if name not in _BOOKKEEPING}
    annotations = {
        name: text for name, text in (kept.pop("annotations", None) or {}).items() if name not in _ANNOTATIONS
    }
    return {**kept, "annotations": annotations} if annotations else kept
