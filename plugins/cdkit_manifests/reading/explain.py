"""The whole table of what was found, for `--explain`."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from cdkit.api import Confidence, Project


class Explanation(msgspec.Struct, frozen=True):
    """One line of the table.

    Attributes:
        fact: which fact.
        value: its value, on one line.
        source: where it comes from, as a person reads it.
        confidence: how sure it is.
        reader: who read it.
        stands: false for a value that lost against a surer or an earlier one.
    """

    fact: str
    value: str
    source: str
    confidence: Confidence
    reader: str
    stands: bool


def explain(project: Project) -> Iterator[Explanation]:
    """Every fact with all its candidates; the one that stands comes first."""
    for name, candidates in project.candidates.items():
        for place, fact in enumerate(candidates):
            yield Explanation(name, fact.shown, str(fact.source), fact.confidence, fact.reader, stands=place == 0)
