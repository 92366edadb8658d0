"""What a build server understands in the output of a job."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Protocol

import msgspec

from cdkit.models.problem import Position

Level = Literal["error", "warning"]

LONGEST_NOTE = 4000
"""Characters. GitHub cuts a message at 4,096, and none of the servers shows more than some lines of it."""


class Group(msgspec.Struct, frozen=True):
    """Lines that are folded under a title.

    Attributes:
        id: letters, digits and dashes, the same at both ends and in no other group.
        title: what is seen while it is folded.
        time: seconds since the epoch.
    """

    id: str
    title: str
    time: float


class Note(msgspec.Struct, frozen=True):
    """Something that the server shows on its page of the build, at a line of a file where one is known.

    Attributes:
        level: how bad it is.
        title: what it is about, in a few words.
        message: what happened, and what to do.
        position: where, in a file of the checkout.
    """

    level: Level
    title: str
    message: str
    position: Position | None = None


class Dialect(Protocol):
    """The commands of one build server. Every method gives whole lines, without their line breaks.

    Attributes:
        most_test_notes: tests of a run that get a note of their own; 0 where the server has them from a report.
    """

    most_test_notes: int = 0

    def begin(self) -> Sequence[str]:
        """Before the first line that may hold somebody else's words; nothing where commands cannot be switched off."""
        return ()

    def end(self) -> Sequence[str]:
        """After the last such line."""
        return ()

    def open(self, group: Group) -> Sequence[str]:
        """Begin a group; there is never one inside another."""
        ...

    def close(self, group: Group) -> Sequence[str]:
        """End a group."""
        ...

    def note(self, note: Note) -> Sequence[str]:
        """Show a note."""
        ...

    def shielded(self, line: str) -> str:
        """A line with somebody else's words, so that nothing in it is a command."""
        ...

    def hide(self, secret: str) -> Sequence[str]:
        """Have a value masked in all that the server shows. Called before `begin`."""
        ...

    def hand_on(self, name: str, value: str) -> Sequence[str]:
        """Give an output to later steps of the build. Called behind `end`; nothing where the server reads a file."""
        ...

    def attach(self, report: Path) -> Sequence[str]:
        """Show a report on the page of the build. Called behind `end`; nothing where the server finds it by itself."""
        ...


_COMMAND = re.compile(r"##(?=(?:vso|teamcity)?\[)", re.IGNORECASE)
"""What Azure Pipelines, TeamCity and old runners of GitHub obey, wherever it stands in a line."""


def without_commands(line: str) -> str:
    """A line with a space in whatever would begin a command in the middle of it."""
    return _COMMAND.sub("# #", line)


def one_line(text: str) -> str:
    """Words as one line of a bounded length."""
    joined = " ".join(text.split())
    return joined if len(joined) <= LONGEST_NOTE else f"{joined[: LONGEST_NOTE - 1]}…"
