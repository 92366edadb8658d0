"""A step that is run once for each combination of some values."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import product

import msgspec

from cdkit.pipeline.document import Node

MOST_COMBINATIONS = 256
LONGEST_NAME = 63


class Combination(msgspec.Struct, frozen=True):
    """One run of a step with a matrix.

    Attributes:
        name: the name of this run: the step's, and the values (`test-3.12-linux`).
        values: what `matrix.NAME` stands for in it.
    """

    name: str
    values: dict[str, Node] = {}


def combinations(step: str, matrix: Mapping[str, Sequence[Node]]) -> list[Combination]:
    """Every combination of a matrix, in the order of the file; one without values when there is no matrix."""
    if not matrix:
        return [Combination(step)]
    found: dict[str, Combination] = {}
    for values in product(*matrix.values()):
        chosen = dict(zip(matrix, values, strict=True))
        name = _unused(_name(step, values), found)
        found[name] = Combination(name, chosen)
    return list(found.values())


def _name(step: str, values: Sequence[Node]) -> str:
    """Letters, digits, dots, dashes and underscores only: the name becomes a folder and a label too."""
    parts = [re.sub(r"[^A-Za-z0-9._-]+", "-", value.text or value.kind).strip("-._") for value in values]
    return "-".join([step, *parts])[:LONGEST_NAME].rstrip("-._")


def _unused(name: str, used: Mapping[str, Combination]) -> str:
    number = 1
    unused = name
    while unused in used:
        number += 1
        unused = f"{name[: LONGEST_NAME - 4]}-{number}"
    return unused
