"""Lines of a log, shown as they come."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter

from cdkit.api import LogLine, StepContext
from cdkit_pods.logs.stream import OnLines

_STREAM = attrgetter("stream")


def shown(ctx: StepContext, prefix: str = "") -> OnLines:
    """A subscriber that shows each line as the step's.

    Args:
        ctx: the step.
        prefix: stands before each line: `db | `.
    """

    def show(lines: Sequence[LogLine]) -> None:
        for stream, together in groupby(lines, _STREAM):
            ctx.say_lines([prefix + line.text for line in together], stream)

    return show
