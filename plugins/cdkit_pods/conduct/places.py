"""Where the artifacts of a step go."""

from __future__ import annotations

from pathlib import Path

from cdkit.api import StepContext
from cdkit_pods.options.test_pod import TestPodOptions

MERGED = "junit.xml"
"""The merged report, beside the folders of the artifacts."""


def artifact_folder(ctx: StepContext, options: TestPodOptions) -> Path:
    """The step's own folder, which is not made for a step that leaves nothing."""
    return ctx.artifact(MERGED).parent if options.artifacts else Path()


def relative_to_workspace(ctx: StepContext, path: Path) -> str:
    """A path as later steps read it: relative to the workspace where it is in there."""
    return str(path.relative_to(ctx.workspace)) if path.is_relative_to(ctx.workspace) else str(path)
