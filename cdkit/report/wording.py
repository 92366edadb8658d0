"""The words of a run: which lines a person reads of an event. Consoles and live views show the same ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from cdkit.models.duration import Duration
from cdkit.models.event import (
    ChecksPassed,
    Event,
    OptionsResolved,
    RunFinished,
    RunStarted,
    StepFinished,
    StepOutput,
    StepProgress,
    StepRetried,
    StepStarted,
    StepWaiting,
    TestsReported,
    Warned,
)
from cdkit.models.result import Failure, StepResult
from cdkit.models.test_report import TestCase, TestReport
from cdkit.report.amounts import amount, facts
from cdkit.report.failure import failure_lines
from cdkit.report.style import Colour, Style
from cdkit.report.tests import counts, ending, left_out, noteworthy, place, title

Lines = list[str]
Speaker = Callable[[Any], Lines]
"""Gives the lines of one kind of event."""


class Wording:
    """Gives lines for whatever happens, with the step's name before each.

    Args:
        style: colours and signs.
        journal: the path of the run's record, named at the end of a run that failed; empty to name none.
    """

    def __init__(self, style: Style, journal: str = "") -> None:
        self.style = style
        self._journal = journal
        self._width = 0
        self._output_heads: dict[str, str] = {}
        self._results: list[StepResult] = []
        self._uses: dict[str, str] = {}
        self._speakers = self._speakers_by_event()

    def lines(self, event: Event) -> Lines:
        """What the event says to a person; no line when it says nothing."""
        speaker = self._speakers.get(type(event))
        return speaker(event) if speaker is not None else []

    def _speakers_by_event(self) -> dict[type[Event], Speaker]:
        return {
            RunStarted: self._run_started,
            StepStarted: self._step_started,
            StepOutput: self._step_output,
            StepWaiting: self._step_waiting,
            StepRetried: self._step_retried,
            TestsReported: self._tests_reported,
            StepFinished: self._step_finished,
            Warned: self._warned,
            RunFinished: self._run_finished,
        }

    def _head(self, step: str, sign: str, colour: Colour) -> str:
        return f"{self.style.paint(step.ljust(self._width), 'bold')} {self.style.paint(self.style.sign(sign), colour)} "

    def _step_line(self, step: str, sign: str, text: str, colour: Colour) -> Lines:
        return [f"{self._head(step, sign, colour)}{text}"]

    def _run_started(self, event: RunStarted) -> Lines:
        self._width = max((len(name) for name in event.steps), default=0)
        where = f" to {event.environment}" if event.environment else ""
        return [f"{self.style.paint(event.pipeline, 'bold')}{where}, run {event.run_id}"]

    def _step_started(self, event: StepStarted) -> Lines:
        self._uses[event.step] = event.uses
        return self._step_line(event.step, "start", event.uses, "cyan")

    def _step_output(self, event: StepOutput) -> Lines:
        # Nearly all lines of a run are of this kind.
        head = self._output_heads.get(event.step)
        if head is None:
            head = self._output_heads[event.step] = self._head(event.step, "output", "dim")
        return [head + self.style.harmless(event.line)]

    def _step_waiting(self, event: StepWaiting) -> Lines:
        what = self.style.harmless(event.what) or f"`{self._uses.get(event.step, event.step)}` to end"
        since = f", {Duration(event.seconds)} so far" if event.seconds else ""
        return self._step_line(event.step, "waiting", f"{what}{since}", "dim")

    def _step_retried(self, event: StepRetried) -> Lines:
        reason = self.style.harmless(event.reason).rstrip(".")
        text = f"attempt {event.attempt} of {event.attempts} failed: {reason}. Again in {Duration(event.delay)}."
        return self._step_line(event.step, "retry", text, "yellow")

    def _tests_reported(self, event: TestsReported) -> Lines:
        report = event.report
        sign, colour = _SIGNS_OF_TESTS[bool(report.failed or report.broken)]
        lines = self._step_line(event.step, sign, counts(report), colour)
        shown = noteworthy(report, MOST_TESTS)
        for case in shown:
            lines += self._test(event.step, case)
        if more := left_out(report, shown):
            lines += self._step_line(event.step, "output", self.style.harmless(more), "dim")
        return lines

    def _test(self, step: str, case: TestCase) -> Lines:
        told = f"{title(case)}{f' ({place(case)})' if case.file else ''} {ending(case)}"
        message = f": {case.message}" if case.message else ""
        sign: tuple[str, Colour] = ("failed", "red") if case.has_failed else ("retry", "yellow")
        return self._step_line(step, sign[0], self.style.harmless(f"{told}{message}"), sign[1])

    def _warned(self, event: Warned) -> Lines:
        message = self.style.harmless(event.message)
        if event.step:
            return self._step_line(event.step, "warning", message, "yellow")
        return [f"{self.style.paint('warning:', 'yellow')} {message}"]

    def _step_finished(self, event: StepFinished) -> Lines:
        result = event.result
        self._results.append(result)
        if result.status == "succeeded":
            told = "".join(f" {fact}" for fact in self._facts(result.outputs))
            how = f"not run again: {self.style.harmless(result.reason)}" if result.reason else Duration(result.seconds)
            text = f"{how}{' ' if told else ''}{told}"
            return self._step_line(result.step, "done", text, "green")
        if result.status == "skipped":
            return self._step_line(result.step, "skipped", f"skipped: {self.style.harmless(result.reason)}", "dim")
        message = self.style.harmless(result.failure.message) if result.failure else result.status
        tolerated = " (the pipeline goes on all the same)" if result.tolerated else ""
        return self._step_line(result.step, "failed", f"{Duration(result.seconds)}  {message}{tolerated}", "red")

    def _facts(self, values: Mapping[str, Any]) -> Lines:
        return [f"{name}={self.style.harmless(value)}" for name, value in facts(values)]

    def _run_finished(self, event: RunFinished) -> Lines:
        lines = [""]
        if event.failure:
            lines += self._failure(event.failure, "")
        for result in self._results:
            if result.status == "failed" and result.failure and not result.tolerated:
                lines += self._failure(result.failure, f"{result.step} ({self._uses.get(result.step, '')}): ")
        lines.append(self._summary(event))
        if self._journal and event.exit_code:
            lines.append(self.style.paint(f"The whole record: {self._journal}", "dim"))
        return lines

    def _failure(self, failure: Failure, whose: str) -> Lines:
        return [*failure_lines(failure, self.style, whose), ""]

    def _summary(self, event: RunFinished) -> str:
        counts = [
            f"{count} {word}"
            for status, word in _STATUS_WORDS.items()
            if (count := sum(result.status == status for result in self._results))
        ]
        told = f": {', '.join(counts)}" if counts else ""
        seconds = Duration(event.seconds)
        if event.exit_code == 0:
            return f"{self.style.paint('Done', 'green')} in {seconds}{told}."
        word = "Cancelled" if event.exit_code in _CANCELLED else "Failed"
        return f"{self.style.paint(word, 'red')} with exit code {event.exit_code} after {seconds}{told}."


class QuietWording(Wording):
    """Only what went wrong, warnings, and how it all ended."""

    def _speakers_by_event(self) -> dict[type[Event], Speaker]:
        return {
            RunStarted: _silent(self._run_started),
            StepStarted: _silent(self._step_started),
            TestsReported: self._tests_reported,
            StepFinished: self._step_finished,
            Warned: self._warned,
            RunFinished: self._run_finished,
        }

    def _tests_reported(self, event: TestsReported) -> Lines:
        return super()._tests_reported(event) if event.report.failed or event.report.broken else []

    def _step_finished(self, event: StepFinished) -> Lines:
        lines = super()._step_finished(event)
        return lines if event.result.status == "failed" else []

    def _run_finished(self, event: RunFinished) -> Lines:
        lines = super()._run_finished(event)
        return lines if event.exit_code else lines[1:]


class VerboseWording(Wording):
    """All that there is to know: also options and progress of each step, how long checking took, and what tests say."""

    def __init__(self, style: Style, journal: str = "") -> None:
        super().__init__(style, journal)
        self._progress_told: dict[tuple[str, str], float] = {}

    def _speakers_by_event(self) -> dict[type[Event], Speaker]:
        return super()._speakers_by_event() | {
            ChecksPassed: self._checks_passed,
            OptionsResolved: self._options_resolved,
            StepProgress: self._step_progress,
        }

    def _checks_passed(self, event: ChecksPassed) -> Lines:
        return [f"The checks found nothing wrong, in {Duration(event.seconds)}."]

    def _options_resolved(self, event: OptionsResolved) -> Lines:
        return [line for fact in self._facts(event.options) for line in self._detail(event.step, fact)]

    def _step_progress(self, event: StepProgress) -> Lines:
        key = (event.step, event.item)
        is_complete = bool(event.total) and event.current >= event.total
        if not is_complete and event.time - self._progress_told.get(key, 0.0) < PROGRESS_SECONDS:
            return []
        self._progress_told[key] = event.time
        item = self.style.harmless(event.item)
        return self._detail(
            event.step, f"{item}: {amount(event.current, event.total, self.style.harmless(event.unit))}"
        )

    def _tests_reported(self, event: TestsReported) -> Lines:
        return super()._tests_reported(event) + self._left_out_tests(event.step, event.report)

    def _left_out_tests(self, step: str, report: TestReport) -> Lines:
        skipped = [case for case in report.cases if case.outcome == "skipped"]
        told = [f"{title(case)}, skipped{f': {case.message}' if case.message else ''}" for case in skipped]
        return [line for text in told for line in self._detail(step, self.style.harmless(text))]

    def _test(self, step: str, case: TestCase) -> Lines:
        details = [self.style.harmless(line) for line in case.details.split("\n")] if case.details else []
        return super()._test(step, case) + [line for text in details for line in self._detail(step, text)]

    def _detail(self, step: str, text: str) -> Lines:
        return self._step_line(step, "detail", text, "dim")


MOST_TESTS = 20
"""Tests that are shown each by itself."""

PROGRESS_SECONDS = 1.0
"""Between two lines on one item that has not come to its end."""

_CANCELLED = frozenset({130, 143})
"""The exit codes of a run that was told to stop, by SIGINT or SIGTERM."""

_SIGNS_OF_TESTS: Mapping[bool, tuple[str, Colour]] = {False: ("done", "green"), True: ("failed", "red")}

_STATUS_WORDS: Mapping[str, str] = {
    "succeeded": "succeeded",
    "failed": "failed",
    "cancelled": "cancelled",
    "skipped": "skipped",
}


def _silent(speaker: Speaker) -> Speaker:
    """Takes in what an event says, and says nothing."""

    def listen(event: Any) -> Lines:
        speaker(event)
        return []

    return listen
