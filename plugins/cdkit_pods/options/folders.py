"""Which volumes the folders of the options become: `volumes`, `files` and `artifacts`."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from cdkit_pods.options.test_pod import TestPodOptions

LONGEST = 50


class Folders(msgspec.Struct, frozen=True, kw_only=True):
    """The folders of the test container that come from, or go to, the outside.

    Attributes:
        files: the paths of the checkout that are put into each volume.
        artifacts: the name of each folder of artifacts, by the volume.
        targets: where the test container has each of these volumes.
        volume_of: the volume by what options call it: its name, a path under `files`, a folder of artifacts.
    """

    files: Mapping[str, tuple[str, ...]]
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


def folders_of(options: TestPodOptions) -> Folders:
    """The volumes of files and artifacts. What several paths of `files` name as their folder is one volume."""
    targets = {f"cdkit-files-{number}": target for number, target in enumerate(dict.fromkeys(options.files.values()))}
    of_target = {target: volume for volume, target in targets.items()}
    files = {
        volume: tuple(path for path, place in options.files.items() if place == target)
        for volume, target in targets.items()
    }
    artifacts = {f"cdkit-artifacts-{number}": name for number, name in enumerate(artifact_folders(options.artifacts))}
    folders = artifact_folders(options.artifacts)
    of_name = {name: volume for volume, name in artifacts.items()}
    has_names = isinstance(options.artifacts, dict)
    return Folders(
        files=files,
        artifacts=artifacts,
        targets={**targets, **{volume: folders[name] for volume, name in artifacts.items()}},
        volume_of={
            **{folders[name]: volume for name, volume in of_name.items()},
            **(of_name if has_names else {}),
            **{path: of_target[target] for path, target in options.files.items()},
            **{name: name for name in options.volumes},
        },
    )
