"""Which volumes the folders of the options become: `volumes`, `files` and `artifacts`."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from cdkit_pods.options.test_pod import TestPodOptions

LONGEST = 50


class FilePlan(msgspec.Struct, frozen=True, kw_only=True):
    """Something of the checkout that goes into a volume.

    Attributes:
        path: its path in the checkout.
        name: what a single file is called in the volume; empty for the content of a folder.
    """

    path: str
    name: str = ""


class Folders(msgspec.Struct, frozen=True, kw_only=True):
    """The folders of the test container that come from, or go to, the outside.

    Attributes:
        files: what of the checkout is put into each volume.
        artifacts: the name of each folder of artifacts, by the volume.
        targets: where the test container has each of these volumes.
        volume_of: the volume by what options call it: its name, a path under `files`, a folder of artifacts.
    """

    files: Mapping[str, tuple[FilePlan, ...]]
    artifacts: Mapping[str, str]
    targets: Mapping[str, str]
    volume_of: Mapping[str, str]


def is_outside(path: str) -> bool:
    """Whether a path of the checkout leads out of it, as it is written."""
    return path.startswith(("/", "~")) or "\0" in path or posixpath.normpath(path).split("/", 1)[0] == ".."


def artifact_folders(artifacts: list[str] | dict[str, str]) -> dict[str, str]:
    """The folders by their names; one without a name is called after its path: `/build/reports` is `build-reports`."""
    if isinstance(artifacts, dict):
        return dict(artifacts)
    named: dict[str, str] = {}
    for folder in artifacts:
        base = re.sub(r"[^a-z0-9]+", "-", folder.lower()).strip("-")[:LONGEST].strip("-") or "artifacts"
        name, number = base, 2
        while name in named:
            name, number = f"{base}-{number}", number + 1
        named[name] = folder
    return named


def volume_names(options: TestPodOptions) -> frozenset[str]:
    """What can stand under `mounts`."""
    return frozenset(folders_of(options).volume_of)


def folders_of(options: TestPodOptions, is_file: Callable[[str], bool] = lambda _: False) -> Folders:
    """The volumes of files and artifacts. Files that come into one folder share a volume.

    Args:
        options: of the step.
        is_file: whether a path of the checkout is a single file: it is put where it is wanted by that very name.
    """
    places = {path: _place(path, target, is_file) for path, target in options.files.items()}
    file_targets = {f"cdkit-files-{number}": folder for number, folder in enumerate(_in_order(places))}
    of_folder = {folder: volume for volume, folder in file_targets.items()}
    named = artifact_folders(options.artifacts)
    artifacts = {f"cdkit-artifacts-{number}": name for number, name in enumerate(named)}
    of_name = {name: volume for volume, name in artifacts.items()}
    return Folders(
        files={
            volume: tuple(plan for place, plan in places.values() if place == folder)
            for volume, folder in file_targets.items()
        },
        artifacts=artifacts,
        targets={**file_targets, **{volume: named[name] for volume, name in artifacts.items()}},
        volume_of={
            **{named[name]: volume for name, volume in of_name.items()},
            **(of_name if isinstance(options.artifacts, dict) else {}),
            **{path: of_folder[place] for path, (place, _) in places.items()},
            **{name: name for name in options.volumes},
        },
    )


def _place(path: str, target: str, is_file: Callable[[str], bool]) -> tuple[str, FilePlan]:
    """The folder of the container that a path of the checkout comes into, and how."""
    if is_file(path):
        return posixpath.dirname(target), FilePlan(path=path, name=posixpath.basename(target))
    return target, FilePlan(path=path)


def _in_order(places: Mapping[str, tuple[str, FilePlan]]) -> list[str]:
    """The folders, each once."""
    return list(dict.fromkeys(folder for folder, _ in places.values()))
