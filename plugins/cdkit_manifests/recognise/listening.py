"""Where a program listens, as its text says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

from cdkit.api import EnvVar, Fact, Port, ProjectFolder
from cdkit_manifests.recognise.commands import CHOSEN_PORT, HIGHEST_PORT


class Listener(msgspec.Struct, frozen=True):
    """How programs of a language say where they listen.

    Attributes:
        files: the files to search, as for `ProjectFolder.find`.
        numbers: each finds a place where a port is written down, the surest first; the first group that is there is it.
        variable: finds a place where the port is asked of a variable of the environment; its group is the name.
    """

    files: tuple[str, ...]
    numbers: tuple[re.Pattern[str], ...]
    variable: re.Pattern[str] | None = None


def listening_facts(folder: ProjectFolder, listener: Listener, name: str = "http") -> Iterator[Fact]:
    """The port that a program listens on.

    Where it is asked of a variable and has no default, it is ours to say, and the variable is set.

    Args:
        folder: the project.
        listener: how its language says so.
        name: what the port is for.
    """
    for expression in listener.numbers:
        found = (match for match in folder.search(expression, *listener.files) if _number(match.groups))
        # Of several the one nearest to the top of the project is the application's.
        first = next(found, None)
        if first is not None:
            yield Fact("ports", (Port(_number(first.groups), name),), first.source("the program"), "derived")
            return
    asked = next(folder.search(listener.variable, *listener.files), None) if listener.variable else None
    if asked is not None:
        variable = asked.groups[0]
        source = asked.source(f"the variable {variable}")
        yield Fact("ports", (Port(CHOSEN_PORT, name),), source, "derived")
        yield Fact("env", (EnvVar(variable, str(CHOSEN_PORT)),), source, "derived")


def _number(groups: Sequence[str]) -> int:
    number = int(next((group for group in groups if group), "0"))
    return number if number <= HIGHEST_PORT else 0
