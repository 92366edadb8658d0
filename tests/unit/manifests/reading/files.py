"""Projects for tests: a folder with the given files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from cdkit.api import Project
from cdkit_manifests.readers import own_readers
from cdkit_manifests.reading.folder import DiskFolder
from cdkit_manifests.reading.read import read_project


def write(folder: Path, files: Mapping[str, str]) -> Path:
    """Lay files out; the folder again."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def project(folder: Path, files: Mapping[str, str], *, member: str = ".", stage: str = "") -> Project:
    """What all readers know of a project of these files."""
    write(folder, files)
    return read_project(DiskFolder(folder / member, folder, stage=stage), own_readers())
