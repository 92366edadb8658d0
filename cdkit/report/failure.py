"""How a failure is told to a person."""

from __future__ import annotations

from collections.abc import Sequence

from cdkit.models.problem import Problem
from cdkit.models.result import Failure
from cdkit.report.problems import SourceOf, problem_lines
from cdkit.report.style import Style


def failure_lines(failure: Failure, style: Style, whose: str = "") -> list[str]:
    """A failure as a person should read it: what happened, what proves it, what to do.

    Args:
        failure: what happened.
        style: how to write.
        whose: the step that failed, as it stands before the message; empty for the run itself.
    """
    cause = f" [{failure.cause}]" if failure.cause else ""
    head = f"{style.paint(style.sign('failed'), 'red')} {whose}{style.harmless(failure.message)}{cause}"
    bar = style.paint(style.sign("output"), "dim")
    evidence = [f"    {bar} {style.harmless(line)}" for line in failure.evidence]
    return [head, *evidence, remedy_line(failure.remedy, style)]


def remedy_line(remedy: str, style: Style) -> str:
    """What to do about a failure."""
    return f"  {style.paint('What to do:', 'bold')} {style.harmless(remedy)}"


def invalid_lines(
    message: str, problems: Sequence[Problem], remedy: str, style: Style, source_of: SourceOf
) -> list[str]:
    """What is wrong with a file, each problem with the line that it stands in."""
    head = f"{style.paint(style.sign('failed'), 'red')} {style.harmless(message)}"
    told = [line for problem in problems for line in problem_lines(problem, style, source_of)]
    return [head, *told, remedy_line(remedy, style)]
