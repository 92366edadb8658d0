"""What is wrong, and where."""

from __future__ import annotations

from collections.abc import Iterable

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


class Fault(msgspec.Struct, frozen=True):
    """Something that is wrong with a value whose type is right, told by the value itself; it does not know its file.

    Attributes:
        path: from the value to the part that is wrong: keys as in the file, and numbers in lists; empty for all of it.
        message: as of a problem.
        remedy: as of a problem.
    """

    path: tuple[str | int, ...]
    message: str
    remedy: str | None = None


class SelfChecking(msgspec.Struct, frozen=True, kw_only=True):
    """A value that knows more of itself than its types say: what does not go together, or cannot be read.

    Whoever decodes one asks it, and gives each fault its position.
    """

    def faults(self) -> Iterable[Fault]:
        """Everything that is wrong with it, but for what a part of it tells of itself."""
        return ()
