"""The console of a build server: what each step says is folded into a group of its own, also of parallel steps.

One step at a time is in front: what it says is shown as it says it. What the others say is kept until one of them ends,
or comes to the front. How a step ended stands outside of its group, where it is seen without unfolding anything.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from itertools import count
from typing import IO, TextIO

from cdkit.models.event import Event, RunFinished, RunStarted, StepFinished, StepStarted, TestsReported, Warned
from cdkit.models.problem import Position
from cdkit.models.result import Failure, StepResult
from cdkit.models.test_report import TestReport
from cdkit.report.native.dialect import Dialect, Group, Level, Note
from cdkit.report.tests import ending, noteworthy, position, title
from cdkit.report.wording import Wording

KEPT_IN_MEMORY = 1 << 18
"""Bytes of a step's lines that are kept in memory while it is not in front; the others go to a temporary file."""


class GroupedConsole:
    """Writes the lines of whatever happens, in groups.

    Args:
        out: where to write.
        wording: which lines.
        dialect: the commands of the build server.
    """

    def __init__(self, out: TextIO, wording: Wording, dialect: Dialect) -> None:
        self._out = out
        self._wording = wording
        self._dialect = dialect
        self._numbers = count(1)
        self._uses: dict[str, str] = {}
        self._kept: dict[str, IO[str]] = {}
        self._front = ""
        self._title = ""
        self._group: Group | None = None
        self._time = 0.0
        self._test_notes_left = dialect.most_test_notes

    def report(self, event: Event) -> None:
        """Write what the event says, or keep it for later."""
        lines = self._wording.lines(event)
        self._time = event.time
        if isinstance(event, RunStarted):
            self._write(self._dialect.begin())
        if isinstance(event, StepStarted):
            self._started(event, lines)
        elif isinstance(event, StepFinished):
            self._finished(event.step, lines)
        elif event.step in self._uses and event.step != self._front:
            self._keep(event.step, lines)
        else:
            self._say(lines)
        self._annotate(event)
        if isinstance(event, RunFinished):
            self._write(self._dialect.end())

    def flush(self) -> None:
        """Show what was written."""
        self._out.flush()

    def _started(self, event: StepStarted, lines: Iterable[str]) -> None:
        self._uses[event.step] = event.uses
        if self._front:
            self._keep(event.step, lines)
        else:
            self._bring_to_front(event.step)
            self._say(lines)

    def _finished(self, step: str, lines: Iterable[str]) -> None:
        if step == self._front:
            self._leave_front()
            self._say(lines)
            if self._kept:
                self._bring_to_front(next(iter(self._kept)))
        elif step in self._kept:
            front = self._front
            self._leave_front()
            self._bring_to_front(step)
            self._leave_front()
            self._say(lines)
            self._bring_to_front(front, " (goes on)")
        else:
            # A step that was skipped never said anything.
            self._say(lines)

    def _bring_to_front(self, step: str, more: str = "") -> None:
        self._front, self._title = step, f"{step} ({self._uses[step]}){more}"
        kept = self._kept.pop(step, None)
        if kept is not None:
            with kept:
                kept.seek(0)
                self._say(line.rstrip("\n") for line in kept)

    def _leave_front(self) -> None:
        self._front = ""
        if self._group is not None:
            group = Group(self._group.id, self._group.title, self._time)
            self._group = None
            self._write(self._dialect.close(group))

    def _keep(self, step: str, lines: Iterable[str]) -> None:
        if step not in self._kept:
            self._kept[step] = tempfile.SpooledTemporaryFile(  # noqa: SIM115 -- closed when the step comes to the front
                KEPT_IN_MEMORY, mode="w+", encoding="utf-8", errors="replace", newline="\n"
            )
        self._kept[step].writelines(f"{line}\n" for line in lines)

    def _annotate(self, event: Event) -> None:
        if isinstance(event, Warned):
            self._note("warning", event.step or "cdkit", event.message)
        elif isinstance(event, TestsReported):
            self._annotate_tests(event.report)
        elif isinstance(event, StepFinished) and event.result.status == "failed" and event.result.failure:
            level: Level = "warning" if event.result.tolerated else "error"
            self._note(level, _title(event.result), _message(event.result.failure))
        elif isinstance(event, RunFinished) and event.failure:
            self._note("error", "cdkit", _message(event.failure))

    def _annotate_tests(self, report: TestReport) -> None:
        shown = noteworthy(report, self._test_notes_left)
        self._test_notes_left -= len(shown)
        for case in shown:
            level: Level = "error" if case.has_failed else "warning"
            self._note(level, title(case), f"{ending(case)}. {case.message}", position(case))

    def _note(self, level: Level, about: str, message: str, place: Position | None = None) -> None:
        plain = self._wording.style.harmless
        self._write(self._dialect.note(Note(level, plain(about), plain(message), place)))

    def _say(self, lines: Iterable[str]) -> None:
        """Write lines, in the group of the step that is in front; it is opened for the first of them."""
        for line in lines:
            if self._front and self._group is None:
                self._group = Group(f"cdkit-{next(self._numbers)}", self._title, self._time)
                self._write(self._dialect.open(self._group))
            self._write([self._dialect.shielded(line)])

    def _write(self, lines: Iterable[str]) -> None:
        self._out.writelines(f"{line}\n" for line in lines)


def _title(result: StepResult) -> str:
    cause = result.failure.cause if result.failure else None
    return f"{result.step}: {cause}" if cause else result.step


def _message(failure: Failure) -> str:
    return f"{failure.message} {failure.remedy}"
