"""What is wrong, and where."""

from __future__ import annotations

import msgspec


class Position(msgspec.Struct, frozen=True, order=True):
    """A place in a file; line and column count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Problem(msgspec.Struct, frozen=True):
    """One thing that would make a run fail, found before the run.

    Attributes:
        message: what is wrong, in a sentence.
        position: where it stands in the pipeline file, when it stands there.
        remedy: what to do about it ('did you mean ...?'), when that is known.
        paste: the lines of a file or of commands that the remedy speaks of, ready to be pasted.
    """

    message: str
    position: Position | None = None
    remedy: str | None = None
    paste: tuple[str, ...] = ()

    def __str__(self) -> str:
        place = f"{self.position}: " if self.position else ""
        advice = f" {self.remedy}" if self.remedy else ""
        return f"{place}{self.message}{advice}"
