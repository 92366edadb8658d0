"""What has become of the steps so far. Only the thread that leads the run writes here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cdkit.engine.perform import Performed
from cdkit.models.result import StepResult


class Ledger:
    """The results of a run, and what its steps handed on."""

    def __init__(self) -> None:
        self.results: dict[str, StepResult] = {}
        self.outputs: dict[str, Mapping[str, Any]] = {}
        self.failed_with: int | None = None
        """The exit code of the first step that failed; None while none has."""

    def enter(self, performed: Performed) -> None:
        """Take in the end of a step."""
        result = performed.result
        self.results[result.step] = result
        if result.status == "succeeded":
            self.outputs[result.step] = performed.outputs
        if result.status == "failed" and not result.tolerated and self.failed_with is None and result.failure:
            self.failed_with = result.failure.exit_code
