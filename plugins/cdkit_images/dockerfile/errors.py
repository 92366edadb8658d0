"""A mistake in a Dockerfile, told with its place."""

from __future__ import annotations

from cdkit.api import InvalidInput, Position, Problem


def mistake(file: str, line: int, message: str, remedy: str | None = None) -> InvalidInput:
    """The error for a Dockerfile that Docker would not read either.

    Args:
        file: the Dockerfile, as a person would name it.
        line: counts from 1.
        message: what is wrong there, in a sentence.
        remedy: what to do about it.
    """
    problem = Problem(message, Position(file, line, 1), remedy)
    return InvalidInput(f"{file}:{line}: {message}", problems=[problem], remedy=remedy or "Correct the Dockerfile.")
