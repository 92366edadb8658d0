"""Where the artifacts of a step go."""

from __future__ import annotations

import shutil
from pathlib import Path

from cdkit.api import StepContext, WorldFailed
from cdkit_pods.options.test_pod import TestPodOptions

MERGED = "junit.xml"
"""The merged report, beside the folders of the artifacts."""


def artifact_folder(ctx: StepContext, options: TestPodOptions) -> Path:
    """The step's own folder, which is not made for a step that leaves nothing; it is empty.

    What an earlier try of the step has left there (`retry`) would pass for what this one leaves.

    Raises:
        WorldFailed: that cannot be removed.
    """
    if not options.artifacts:
        return Path()
    folder = ctx.artifact(MERGED).parent
    try:
        shutil.rmtree(folder)
    except OSError as error:
        message = f"What an earlier try of the step has left in {folder} cannot be removed: {error.strerror}."
        raise WorldFailed(message, remedy="Remove it, and run again.") from error
    return folder


def relative_to_workspace(ctx: StepContext, path: Path) -> str:
    """A path as later steps read it: relative to the workspace where it is in there."""
    return str(path.relative_to(ctx.workspace)) if path.is_relative_to(ctx.workspace) else str(path)
