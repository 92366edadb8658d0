"""A plan for people: the text of `cdkit plan`."""

from __future__ import annotations

from collections.abc import Iterator

from cdkit.models.change import Change
from cdkit.report.field_lines import Sign, field_lines
from cdkit.report.plan import Plan, PlannedStep
from cdkit.report.style import Colour, Style

_COLOURS: dict[str, Colour] = {
    "create": "green",
    "update": "yellow",
    "replace": "red",
    "delete": "red",
    "refused": "red",
    "unknown": "yellow",
    "keep": "dim",
}
_SIGN_COLOURS: dict[Sign, Colour] = {"-": "red", "+": "green", " ": "dim"}

WOULD_FAIL = "would fail"
WORDS = {"unknown": "could not ask", "refused": WOULD_FAIL}
"""What a person reads for an action, where it is not its own name."""


def preview_lines(plan: Plan, style: Style) -> Iterator[str]:
    """The lines of a plan, in the order of the run."""
    for step in plan.steps:
        yield f"{style.paint(step.step, 'bold')} ({step.uses})"
        yield from _step_lines(step, style)
    for missing in plan.missing:
        yield f"A run would need more: {style.harmless(missing)}"


def _step_lines(step: PlannedStep, style: Style) -> Iterator[str]:
    if step.skipped:
        yield f"  {style.paint('skip', 'dim')}  {step.skipped}"
        return
    for change in step.changes:
        yield from _change_lines(change, style)
    for failure in step.failures:
        said, *pasted = failure.split("\n")
        yield f"  {style.paint(WOULD_FAIL, 'red')}  {style.harmless(said)}"
        yield from (f"      {style.harmless(line)}" for line in pasted)


def _change_lines(change: Change, style: Style) -> Iterator[str]:
    word = WORDS.get(change.action, change.action)
    painted = style.paint(word, _COLOURS.get(change.action, "cyan"))
    reason = f": {change.reason}" if change.reason else ""
    yield f"  {painted}  {style.harmless(f'{change.subject}{reason}')}"
    for detail in change.details:
        yield f"      {style.harmless(detail)}"
    for line in field_lines(change.fields):
        yield f"      {style.paint(f'{line.sign} {style.harmless(line.text)}', _SIGN_COLOURS[line.sign])}"
