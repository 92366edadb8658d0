"""From a folder on the disk to what is known of the project in it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from cdkit.api import Project, ProjectReader
from cdkit_manifests.reading.collect import collect
from cdkit_manifests.reading.folder import DiskFolder
from cdkit_manifests.reading.walk import MOST_FILES


def read_project(folder: DiskFolder, readers: Sequence[ProjectReader]) -> Project:
    """All that is known of a project.

    Args:
        folder: the project.
        readers: who reads it, in their order; `StepContext.extensions` has those of all plugins.

    Raises:
        InvalidInput: files of the project are malformed; with every one of them.
        StepBroken: a reader does not work.
    """
    project = collect(folder, readers)
    if folder.listing.is_complete:
        return project
    warning = f"The folder has more than {MOST_FILES} files; those that are deepest in it were not looked at."
    return msgspec.structs.replace(project, warnings=(*project.warnings, warning))
