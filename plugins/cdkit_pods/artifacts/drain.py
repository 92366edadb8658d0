"""Copies what tests have left in shared volumes out of the pod."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from cdkit.api import CdkitError, StepContext
from cdkit_pods.artifacts.unpack import Unpacked
from cdkit_pods.runtime import RunningPod

LONGEST = 300.0
"""Seconds. Artifacts are drained also when the step was cancelled or has timed out, so they have a time of their own."""


class Drained(msgspec.Struct, frozen=True, kw_only=True):
    """What came out of one volume, and why not all of it, where something broke."""

    folder: Path
    unpacked: Unpacked = Unpacked()
    error: CdkitError | None = None


def drain(
    ctx: StepContext, running: RunningPod, volumes: Mapping[str, str], folder: Path, *, longest: float = LONGEST
) -> dict[str, Drained]:
    """Copy shared volumes out of a pod, in a time of their own; a volume that fails does not keep the others.

    Warns of what was left out, and of a volume that did not come out whole. Never raises for one.

    Args:
        ctx: the step. Its cancellation does not end this: artifacts of tests that took too long are wanted most.
        running: the pod.
        volumes: the name of the folder that each is copied to, by the volume's name.
        folder: where those folders are made.
        longest: seconds that it may take altogether.

    Returns:
        What came out, by the volume's name.
    """
    raise NotImplementedError
