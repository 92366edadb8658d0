"""The folder of a project's fragments: what holds for all environments, and below it what holds for one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from cdkit.api import InvalidInput, Problem
from cdkit_manifests.fragments.documents import ENDINGS, read_fragments
from cdkit_manifests.fragments.fragment import Fragment
from cdkit_manifests.named_files import list_folder, locate, read_text

DEFAULT_FOLDERS = ("k8s", "src/main/jkube", "src/main/fabric8")
"""Where fragments are looked for when nothing is said: the first of these that is there."""


def folder_of(project: Path, boundary: Path, said: str) -> str:
    """The folder of a project's fragments, by its path from the project; empty where there is none.

    Raises:
        InvalidInput: the folder that was said is not there.
    """
    if said:
        if not locate(project, boundary, said).is_dir():
            raise InvalidInput(
                f"There is no folder {said!r} for fragments in the project.", remedy="Correct `fragments`."
            )
        return said
    return next((folder for folder in DEFAULT_FOLDERS if locate(project, boundary, folder).is_dir()), "")


def environments_of(project: Path, boundary: Path, folder: str) -> tuple[str, ...]:
    """The environments that have fragments of their own."""
    if not folder:
        return ()
    place = locate(project, boundary, folder)
    return tuple(
        sorted(
            entry.name
            for entry in place.iterdir()
            if entry.is_dir() and _files(project, boundary, f"{folder}/{entry.name}")
        )
    )


def fragments_of(
    project: Path, boundary: Path, folder: str, environment: str, values: Mapping[str, str]
) -> tuple[Fragment, ...]:
    """The fragments for all environments, and then those for one of them, by the names of their files.

    Args:
        project: the project's folder.
        boundary: the folder above which no file is read.
        folder: the folder of the fragments, by its path from the project's; empty where there is none.
        environment: whose fragments are read too; empty for none.
        values: the parameters that are known.

    Raises:
        InvalidInput: with every problem of every file.
    """
    if not folder:
        return ()
    problems: list[Problem] = []
    found: list[Fragment] = []
    own = f"{folder}/{environment}"
    folders = [folder, own] if environment and locate(project, boundary, own).is_dir() else [folder]
    for file in (file for place in folders for file in _files(project, boundary, place)):
        found.extend(read_fragments(read_text(project, boundary, file), file, values, problems))
    if problems:
        raise InvalidInput(f"The fragments in {folder} are wrong.", problems=problems)
    return tuple(found)


def _files(project: Path, boundary: Path, folder: str) -> list[str]:
    return [f"{folder}/{name}" for name in list_folder(project, boundary, folder) if name.endswith(ENDINGS)]
