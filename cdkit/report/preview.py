"""What a run would do, for people: the text of `cdkit plan`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from cdkit.errors import CdkitError
from cdkit.models.change import Change
from cdkit.models.problem import Problem
from cdkit.report.style import Colour, Style


class PreviewedStep(Protocol):
    """One step of a preview, as `cdkit.engine.lookahead` gives it."""

    @property
    def step(self) -> str:
        """The step's name."""
        ...

    @property
    def uses(self) -> str:
        """Its kind."""
        ...

    @property
    def changes(self) -> tuple[Change, ...]:
        """What it would change."""
        ...

    @property
    def skipped(self) -> str:
        """Why it would not run."""
        ...

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What would make it fail."""
        ...

    @property
    def error(self) -> CdkitError | None:
        """Why it could not be asked."""
        ...


_COLOURS: dict[str, Colour] = {
    "create": "green",
    "update": "yellow",
    "delete": "red",
    "unknown": "yellow",
    "keep": "dim",
}
_WORDS = {"unknown": "could not ask"}


def preview_lines(steps: Sequence[PreviewedStep], style: Style) -> Iterator[str]:
    """The lines of a plan, in the order of the run."""
    for step in steps:
        yield f"{style.paint(step.step, 'bold')} ({step.uses})"
        if step.skipped:
            yield f"  {style.paint('skip', 'dim')}  {step.skipped}"
            continue
        for change in step.changes:
            yield from _change_lines(change, style)
        if step.error is not None and not step.changes:
            yield f"  {style.paint('would fail', 'red')}  {style.harmless(step.error.message)}"
        for problem in step.problems:
            yield f"  {style.paint('would fail', 'red')}  {style.harmless(str(problem))}"
            yield from (f"      {style.harmless(line)}" for line in problem.paste)


def _change_lines(change: Change, style: Style) -> Iterator[str]:
    word = _WORDS.get(change.action, change.action)
    painted = style.paint(word, _COLOURS.get(change.action, "cyan"))
    reason = f": {change.reason}" if change.reason else ""
    yield f"  {painted}  {style.harmless(f'{change.subject}{reason}')}"
    for detail in change.details:
        yield f"      {style.harmless(detail)}"
