"""How a failure is told to a person."""

from __future__ import annotations

from cdkit.models.result import Failure
from cdkit.report.style import Style


def failure_lines(failure: Failure, style: Style, whose: str = "") -> list[str]:
    """A failure as a person should read it: what happened, what proves it, what to do.

    Args:
        failure: what happened.
        style: how to write.
        whose: the step that failed, as it stands before the message; empty for the run itself.
    """
    cause = f" [{failure.cause}]" if failure.cause else ""
    lines = [f"{style.paint(style.sign('failed'), 'red')} {whose}{style.harmless(failure.message)}{cause}"]
    lines.extend(f"    {style.paint(style.sign('output'), 'dim')} {style.harmless(line)}" for line in failure.evidence)
    lines.append(f"  {style.paint('What to do:', 'bold')} {style.harmless(failure.remedy)}")
    return lines
