"""A run as a whole, put together from its events: for what is written once, at its end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from cdkit.models.build import Build
from cdkit.models.event import (
    BuildDetected,
    Event,
    RunFinished,
    RunStarted,
    StepFinished,
    StepStarted,
    TestsReported,
    Warned,
)
from cdkit.models.result import Failure, StepResult
from cdkit.models.test_report import TestReport


class Collected:
    """What is known of a run.

    Attributes:
        pipeline: its name.
        run_id: its id.
        environment: where it deploys to; empty for nowhere in particular.
        build: who ran it; None when nobody asked.
        uses: the kind of each step that began.
        tests: what the tests of each step have found; of a step that was tried again, those of its last attempt.
        results: how each step ended, in the order in which they did.
        warnings: what a person should know, each with the step that said it.
        exit_code: the exit code.
        seconds: how long it took.
        failure: why it ended before, or beside, its steps.
    """

    def __init__(self) -> None:
        self.pipeline = ""
        self.run_id = ""
        self.environment = ""
        self.build: Build | None = None
        self.uses: dict[str, str] = {}
        self.tests: dict[str, TestReport] = {}
        self.results: list[StepResult] = []
        self.warnings: list[tuple[str, str]] = []
        self.exit_code = 0
        self.seconds = 0.0
        self.failure: Failure | None = None

    def take(self, event: Event) -> None:
        """Learn what an event says."""
        match event:
            case RunStarted():
                self.pipeline, self.run_id, self.environment = event.pipeline, event.run_id, event.environment
            case BuildDetected():
                self.build = event.build
            case StepStarted():
                self.uses[event.step] = event.uses
            case TestsReported():
                self.tests[event.step] = event.report
            case StepFinished():
                self.results.append(event.result)
            case Warned():
                self.warnings.append((event.step, event.message))
            case RunFinished():
                self.exit_code, self.seconds, self.failure = event.exit_code, event.seconds, event.failure

    @property
    def outputs(self) -> dict[str, dict[str, Any]]:
        """What each step that succeeded handed on, by its name."""
        return {result.step: dict(result.outputs) for result in self.results if result.outputs}


class AtTheEnd:
    """Writes files when a run has ended.

    Args:
        writers: each writes one file. One that fails keeps the others from nothing; its error is raised after them.
    """

    def __init__(self, writers: Sequence[Callable[[Collected], None]]) -> None:
        self._writers = writers
        self._collected = Collected()

    def report(self, event: Event) -> None:
        """Learn from an event; the last one lets the files be written."""
        self._collected.take(event)
        if isinstance(event, RunFinished):
            self._write()

    def flush(self) -> None:
        """There is nothing to show."""

    def _write(self) -> None:
        failed: OSError | None = None
        for write in self._writers:
            try:
                write(self._collected)
            except OSError as error:
                failed = failed or error
        if failed is not None:
            raise failed
