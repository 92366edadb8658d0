"""Lines of a log, shown as they come."""

from __future__ import annotations

from cdkit.api import LogLine, StepContext
from cdkit_pods.logs.stream import OnLine


def shown(ctx: StepContext, prefix: str = "") -> OnLine:
    """A subscriber that shows each line as the step's.

    Args:
        ctx: the step.
        prefix: stands before each line: `db | `.
    """
    say = ctx.say

    def show(line: LogLine) -> None:
        say(prefix + line.text, line.stream)

    return show
