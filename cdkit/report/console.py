"""The console: plain lines, each of which says whose it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TextIO

from cdkit.models.duration import Duration
from cdkit.models.event import (
    Event,
    RunFinished,
    RunStarted,
    StepFinished,
    StepOutput,
    StepRetried,
    StepStarted,
    StepWaiting,
    Warned,
)
from cdkit.models.result import Failure, StepResult
from cdkit.report.style import Colour, Style

LONGEST_VALUE = 120


class Console:
    """Writes a line for whatever happens, with the step's name before it.

    Args:
        out: where to write.
        style: colours and signs.
        journal: the path of the run's record, named at the end; empty to name none.
    """

    def __init__(self, out: TextIO, style: Style, journal: str = "") -> None:
        self._out = out
        self._style = style
        self._journal = journal
        self._width = 0
        self._results: list[StepResult] = []
        self._uses: dict[str, str] = {}
        self._writers: dict[type[Event], Callable[[Any], None]] = {
            RunStarted: self._run_started,
            StepStarted: self._step_started,
            StepOutput: self._step_output,
            StepWaiting: self._step_waiting,
            StepRetried: self._step_retried,
            StepFinished: self._step_finished,
            Warned: self._warned,
            RunFinished: self._run_finished,
        }

    def report(self, event: Event) -> None:
        """Write what the event says, if it says anything to a person."""
        writer = self._writers.get(type(event))
        if writer is not None:
            writer(event)
            self._out.flush()

    def _line(self, text: str = "") -> None:
        self._out.write(f"{text}\n")

    def _step_line(self, step: str, sign: str, text: str, colour: Colour | None = None) -> None:
        name = self._style.paint(step.ljust(self._width), "bold")
        shown = self._style.sign(sign)
        mark = self._style.paint(shown, colour) if colour else shown
        self._out.write(f"{name} {mark} {text}\n")

    def _run_started(self, event: RunStarted) -> None:
        self._width = max((len(name) for name in event.steps), default=0)
        where = f" to {event.environment}" if event.environment else ""
        self._line(f"{self._style.paint(event.pipeline, 'bold')}{where}, run {event.run_id}")

    def _step_started(self, event: StepStarted) -> None:
        self._uses[event.step] = event.uses
        self._step_line(event.step, "start", event.uses, "cyan")

    def _step_output(self, event: StepOutput) -> None:
        self._step_line(event.step, "output", self._style.harmless(event.line), "dim")

    def _step_waiting(self, event: StepWaiting) -> None:
        what = self._style.harmless(event.what) or "still running"
        since = f", {Duration(event.seconds)} so far" if event.seconds else ""
        self._step_line(event.step, "waiting", f"{what}{since}", "dim")

    def _step_retried(self, event: StepRetried) -> None:
        text = f"attempt {event.attempt} of {event.attempts} failed: {self._style.harmless(event.reason)}"
        self._step_line(event.step, "retry", f"{text} Again in {Duration(event.delay)}.", "yellow")

    def _warned(self, event: Warned) -> None:
        message = self._style.harmless(event.message)
        if event.step:
            self._step_line(event.step, "warning", message, "yellow")
        else:
            self._line(f"{self._style.paint('warning:', 'yellow')} {message}")

    def _step_finished(self, event: StepFinished) -> None:
        result = event.result
        self._results.append(result)
        if result.status == "succeeded":
            self._step_line(result.step, "done", f"{Duration(result.seconds)}{_facts(result.outputs)}", "green")
        elif result.status == "skipped":
            self._step_line(result.step, "skipped", f"skipped: {result.reason}", "dim")
        else:
            message = self._style.harmless(result.failure.message) if result.failure else result.status
            tolerated = " (the pipeline goes on all the same)" if result.tolerated else ""
            self._step_line(result.step, "failed", f"{Duration(result.seconds)}  {message}{tolerated}", "red")

    def _run_finished(self, event: RunFinished) -> None:
        self._line()
        if event.failure:
            self._failure(event.failure, "")
        for result in self._results:
            if result.status == "failed" and result.failure and not result.tolerated:
                self._failure(result.failure, f"{result.step} ({self._uses.get(result.step, '')}): ")
        self._line(self._summary(event))
        if self._journal and event.exit_code:
            self._line(self._style.paint(f"The whole record: {self._journal}", "dim"))

    def _failure(self, failure: Failure, whose: str) -> None:
        for line in failure_lines(failure, self._style, whose):
            self._line(line)
        self._line()

    def _summary(self, event: RunFinished) -> str:
        counts = [
            f"{count} {word}"
            for status, word in _STATUS_WORDS.items()
            if (count := sum(result.status == status for result in self._results))
        ]
        told = f": {', '.join(counts)}" if counts else ""
        seconds = Duration(event.seconds)
        if event.exit_code == 0:
            return f"{self._style.paint('Done', 'green')} in {seconds}{told}."
        return f"{self._style.paint('Failed', 'red')} with exit code {event.exit_code} after {seconds}{told}."


_STATUS_WORDS: Mapping[str, str] = {
    "succeeded": "succeeded",
    "failed": "failed",
    "cancelled": "cancelled",
    "skipped": "skipped",
}


def failure_lines(failure: Failure, style: Style, whose: str = "") -> list[str]:
    """A failure as a person should read it: what happened, what proves it, what to do."""
    cause = f" [{failure.cause}]" if failure.cause else ""
    lines = [f"{style.paint(style.sign('failed'), 'red')} {whose}{style.harmless(failure.message)}{cause}"]
    lines.extend(f"    {style.paint(style.sign('output'), 'dim')} {style.harmless(line)}" for line in failure.evidence)
    lines.append(f"  {style.paint('What to do:', 'bold')} {style.harmless(failure.remedy)}")
    return lines


def _facts(outputs: Mapping[str, Any]) -> str:
    shown = [f"{name}={_short(value)}" for name, value in outputs.items() if value not in ("", None, [], {})]
    return f"  {' '.join(shown)}" if shown else ""


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}..."
