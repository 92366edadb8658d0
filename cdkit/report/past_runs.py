"""Past runs, for people: the table of all of them, and the story of one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec

from cdkit.models.build import Build
from cdkit.models.duration import Duration
from cdkit.models.result import Failure, Status
from cdkit.models.test_report import TestCase, TestReport
from cdkit.report.amounts import facts
from cdkit.report.failure import failure_lines
from cdkit.report.style import Colour, Style
from cdkit.report.table import Cell, table_lines
from cdkit.report.tests import counts, ending, left_out, noteworthy, place, title

SHORT_COMMIT = 10
LONGEST_MESSAGE = 80
MOST_TESTS = 50

Unfinished = Literal["running", "not finished", "not started"]


class RunSummary(msgspec.Struct, frozen=True, kw_only=True):
    """One past run in short.

    Attributes:
        id: the run's id.
        pipeline: the pipeline's name.
        environment: where it deployed to; empty for none.
        began: when it began, in UTC.
        seconds: how long it took; None when it did not come to its end.
        result: how it ended, or that it did not.
        exit_code: None when it did not come to its end.
        commit: the commit that was built; empty when no step wanted to know it.
        failed: the steps that failed it.
        failure: why it failed before, or beside, its steps.
    """

    id: str
    pipeline: str
    environment: str
    began: datetime
    seconds: float | None
    result: Status | Unfinished
    exit_code: int | None
    commit: str
    failed: tuple[str, ...] = ()
    failure: Failure | None = None


class StepStory(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one step of a past run.

    Attributes:
        name: its name.
        uses: its kind; empty when it did not start.
        status: how it ended, or that it did not.
        began: when it began, in UTC; None when it did not.
        seconds: how long it took; None when it did not come to its end.
        outputs: what it handed on.
        reason: why it was skipped.
        failure: why it failed or was cancelled.
        tolerated: it failed, and the pipeline said `continue-on-error`.
        tests: what its tests have found; None when it has none.
    """

    name: str
    status: Status | Unfinished
    uses: str = ""
    began: datetime | None = None
    seconds: float | None = None
    outputs: Mapping[str, Any] = {}
    reason: str = ""
    failure: Failure | None = None
    tolerated: bool = False
    tests: TestReport | None = None


class RunStory(msgspec.Struct, frozen=True, kw_only=True):
    """A past run with all its steps; `record` is the path of its journal."""

    run: RunSummary
    steps: tuple[StepStory, ...]
    record: str
    build: Build | None = None


_COLOURS: dict[str, Colour] = {
    "succeeded": "green",
    "failed": "red",
    "cancelled": "yellow",
    "running": "cyan",
    "not finished": "yellow",
    "skipped": "dim",
    "not started": "dim",
}


def summary_lines(runs: Sequence[RunSummary], style: Style) -> Iterator[str]:
    """The table of runs, in the order in which they are given."""
    head = ("RUN", "BEGAN", "TOOK", "RESULT", "ENVIRONMENT", "COMMIT", "WHAT FAILED")
    return table_lines(head, [_summary_row(run) for run in runs], style)


def story_lines(story: RunStory, style: Style) -> Iterator[str]:
    """One run: how it went as a whole, its steps, and its failures as the run told of them."""
    run = story.run
    where = f" to {run.environment}" if run.environment else ""
    yield style.harmless(f"{run.pipeline}{where}, run {run.id}")
    yield f"{style.paint(run.result, _COLOURS[run.result])}{_end(run)}, begun {_moment(run.began)}"
    if story.build is not None and story.build.commit:
        yield style.harmless(_build_line(story.build))
    yield style.paint(f"The whole record: {style.harmless(story.record)}", "dim")
    yield ""
    head = ("STEP", "USES", "STATUS", "BEGAN", "TOOK", "OUTCOME")
    yield from table_lines(head, [_step_row(step) for step in story.steps], style)
    yield from _failures(story, style)
    for step in story.steps:
        if step.tests is not None:
            yield from _tests(step.name, step.tests, style)


def _failures(story: RunStory, style: Style) -> Iterator[str]:
    if story.run.failure is not None:
        yield ""
        yield from failure_lines(story.run.failure, style)
    for step in story.steps:
        if step.failure is not None and step.status == "failed":
            yield ""
            yield from failure_lines(step.failure, style, style.harmless(f"{step.name} ({step.uses}): "))


def _tests(step: str, report: TestReport, style: Style) -> Iterator[str]:
    yield ""
    yield f"{style.paint(style.harmless(step), 'bold')}: {counts(report)}"
    shown = noteworthy(report, MOST_TESTS)
    if shown:
        yield from table_lines(("RESULT", "TEST", "WHERE", "WHY"), list(map(_test_row, shown)), style)
    if more := left_out(report, shown):
        yield style.harmless(more)


def _test_row(case: TestCase) -> list[Cell]:
    colour: Colour = "red" if case.has_failed else "yellow"
    return [Cell(ending(case), colour), Cell(title(case)), Cell(place(case)), Cell(case.message)]


def _summary_row(run: RunSummary) -> list[Cell]:
    code = f" ({run.exit_code})" if run.exit_code else ""
    return [
        Cell(run.id),
        Cell(_moment(run.began)),
        Cell(_length(run.seconds)),
        Cell(f"{run.result}{code}", _COLOURS[run.result]),
        Cell(run.environment),
        Cell(run.commit[:SHORT_COMMIT]),
        Cell(_what_failed(run)),
    ]


def _step_row(step: StepStory) -> list[Cell]:
    return [
        Cell(step.name),
        Cell(step.uses),
        Cell(step.status, _COLOURS[step.status]),
        Cell(f"{step.began:%H:%M:%S}" if step.began else ""),
        Cell(_length(step.seconds)),
        Cell(_outcome(step)),
    ]


def _outcome(step: StepStory) -> str:
    if step.tolerated:
        return "the pipeline went on all the same"
    return step.reason or " ".join(f"{name}={value}" for name, value in facts(step.outputs))


def _what_failed(run: RunSummary) -> str:
    if run.failed or run.failure is None:
        return ", ".join(run.failed)
    message = run.failure.message
    return message if len(message) <= LONGEST_MESSAGE else f"{message[: LONGEST_MESSAGE - 3]}..."


def _end(run: RunSummary) -> str:
    code = f" with exit code {run.exit_code}" if run.exit_code else ""
    after = f" after {_length(run.seconds)}" if run.seconds is not None else ""
    return f"{code}{after}"


def _build_line(build: Build) -> str:
    parts = [
        f"commit {build.commit}",
        f"on {build.branch}" if build.branch else "",
        f"tagged {build.tag}" if build.tag else "",
        f"by {build.actor}" if build.actor else "",
        build.url,
    ]
    return " ".join(filter(None, parts))


def _length(seconds: float | None) -> str:
    return "" if seconds is None else str(Duration(seconds))


def _moment(time: datetime) -> str:
    return f"{time:%Y-%m-%d %H:%M:%S} UTC"
