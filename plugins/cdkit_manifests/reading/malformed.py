"""The one form of all errors about a project's own files."""

from __future__ import annotations

from cdkit.api import InvalidInput, Position, Problem

REMEDY = "Correct the file; nothing of the project was changed."


def malformed(file: str, message: str, line: int = 1, column: int = 1) -> InvalidInput:
    """The error for a file that cannot be read, with the place in it.

    Args:
        file: the path from the project's folder.
        message: what is wrong, in a sentence.
        line: from 1.
        column: from 1.
    """
    problem = Problem(message, Position(file, line, column))
    return InvalidInput(f"{file} cannot be read: {message}", problems=[problem], remedy=REMEDY)
