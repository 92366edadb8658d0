"""Tekton: it has no variables of its own, and is known by its folders; what is built, git says.

https://tekton.dev/docs/pipelines/tasks/#emitting-results
"""

from __future__ import annotations

from collections.abc import Iterator

from cdkit.servers.reading import Candidate, Reading

RESULTS = "/tekton/results"


class Tekton:
    """Tekton."""

    name = "tekton"

    def is_here(self, reading: Reading) -> bool:
        """Every step of a task has the folder for results."""
        return reading.has_folder(RESULTS)

    def candidates(self, reading: Reading) -> Iterator[Candidate]:
        """Nothing."""
        return iter(())
