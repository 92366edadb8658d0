"""Where a program listens, as its text says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from cdkit.api import Fact, Port, ProjectFolder
from cdkit_manifests.recognise.commands import HIGHEST_PORT


def listening_facts(
    folder: ProjectFolder, expressions: Sequence[re.Pattern[str]], *patterns: str, name: str = "http"
) -> Iterator[Fact]:
    """The ports that are written into a program: only of the first expression that finds any.

    Args:
        folder: the project.
        expressions: each finds where the program begins to listen; its first group that is there is the port.
        patterns: the files to search, as for `ProjectFolder.find`.
        name: what the port is for.
    """
    for expression in expressions:
        found = [match for match in folder.search(expression, *patterns) if 0 < _number(match.groups) <= HIGHEST_PORT]
        if found:
            # Of several the one nearest to the top of the project is the application's.
            yield Fact("ports", (Port(_number(found[0].groups), name),), found[0].source("the program"), "derived")
            return


def _number(groups: Sequence[str]) -> int:
    return int(next((group for group in groups if group), "0"))
