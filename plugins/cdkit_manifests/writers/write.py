"""Writing a bundle to where it was asked for."""

from __future__ import annotations

from pathlib import Path

from cdkit_manifests.bundle import Bundle
from cdkit_manifests.writers import Format
from cdkit_manifests.writers.place import PRIVATE, PUBLIC, place_file, place_files
from cdkit_manifests.writers.writer import files_of

DEFAULT_NAMES: dict[Format, str] = {
    "yaml": "manifests.yaml",
    "json": "manifests.json",
    "kustomize": "kustomize",
    "helm": "chart",
}
"""What a form is called where nobody says where it goes."""

FOLDERS: frozenset[Format] = frozenset({"kustomize", "helm"})
"""The forms that are a folder, with all environments in it."""


def write_bundle(bundle: Bundle, form: Format, path: Path) -> list[str]:
    """Write a bundle in one of the forms.

    Args:
        bundle: what is written.
        form: how.
        path: the file or, for `FOLDERS`, the folder.

    Returns:
        The paths of files of an earlier generation that were removed from the folder.

    Raises:
        InvalidInput: the form cannot hold something in it.
        WorldFailed: it cannot be written.
    """
    files = files_of(bundle, form)
    mode = PRIVATE if _holds_secrets(bundle) else PUBLIC
    if form in FOLDERS:
        return place_files(path, files, mode)
    (text,) = files.values()
    place_file(path, text, mode)
    return []


def _holds_secrets(bundle: Bundle) -> bool:
    return any(
        item["kind"] == "Secret" for objects in (bundle.objects, *bundle.environments.values()) for item in objects
    )
