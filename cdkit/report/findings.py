"""What the doctor found, for people: each a tick, or a cause and a remedy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from cdkit.report.style import Colour, Style


class FoundThing(Protocol):
    """One finding, as `cdkit.doctor` gives it."""

    @property
    def about(self) -> str:
        """What was looked at."""
        ...

    @property
    def health(self) -> str:
        """`well`, `remark` or `wrong`."""
        ...

    @property
    def message(self) -> str:
        """What was found."""
        ...

    @property
    def remedy(self) -> str:
        """What to do about it."""
        ...

    @property
    def evidence(self) -> tuple[str, ...]:
        """What proves it."""
        ...


_SIGNS: dict[str, tuple[str, Colour]] = {
    "well": ("done", "green"),
    "remark": ("warning", "yellow"),
    "wrong": ("failed", "red"),
}


def finding_lines(findings: Sequence[FoundThing], style: Style) -> Iterator[str]:
    """The lines of an examination."""
    width = max((len(finding.about) for finding in findings), default=0)
    indent = " " * (width + 4)
    for finding in findings:
        sign, colour = _SIGNS[finding.health]
        head = f"{style.paint(style.sign(sign), colour)} {style.paint(finding.about.ljust(width), 'bold')}"
        yield f"{head}  {style.harmless(finding.message)}"
        for line in finding.evidence:
            yield f"{indent}{style.paint(style.sign('output'), 'dim')} {style.harmless(line)}"
        if finding.remedy:
            yield f"{indent}{style.paint('What to do:', 'bold')} {style.harmless(finding.remedy)}"
