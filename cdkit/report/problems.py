"""Problems of a file, each with the line that it stands in."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cdkit.models.problem import Position, Problem
from cdkit.report.style import Style

LONGEST_EXCERPT = 160

SourceOf = Callable[[str], Sequence[str]]
"""Gives the lines of a file by its name; none when it cannot be read."""


def problem_lines(problem: Problem, style: Style, source_of: SourceOf) -> list[str]:
    """A problem, and below it the line that it is about, with a mark under the place."""
    bar = style.paint(style.sign("output"), "dim")
    lines = [f"    {bar} {style.harmless(str(problem))}"]
    lines += [f"    {bar} {style.harmless(line)}" for line in problem.paste]
    if problem.position is not None:
        lines += [f"    {bar} {line}" for line in _excerpt(problem.position, style, source_of)]
    return lines


def _excerpt(position: Position, style: Style, source_of: SourceOf) -> list[str]:
    source = source_of(position.file)
    if not 0 < position.line <= len(source):
        return []
    line = source[position.line - 1]
    if len(line) > LONGEST_EXCERPT:
        return []
    number = str(position.line).rjust(5)
    # What stands before the mark keeps its tabs, so that the mark stands where an editor shows it.
    before = "".join("\t" if letter == "\t" else " " for letter in line[: position.column - 1])
    shown = style.harmless(line)
    return [style.paint(f"{number}  {shown}", "dim"), f"{' ' * len(number)}  {before}{style.paint('^', 'red')}"]
