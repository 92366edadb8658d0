"""Turns every way in which a command can end into an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cdkit.cli.streams import OutputLost, loss_of
from cdkit.errors import CdkitError, InvalidInput, WorldFailed

if TYPE_CHECKING:
    from cdkit.report.native.dialect import Note

CLOSED_PIPE = 141
"""128 + SIGPIPE: what a program in a shell's pipe ends with when nobody reads it any more."""


def guarded(arguments: Sequence[str]) -> int:
    """Run a command and give its exit code; what went wrong is said on stderr."""
    code = 0
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except OutputLost as lost:
        lost_code = answer_lost(lost)
        return code or lost_code
    lost_before = loss_of(sys.stdout)
    if lost_before is not None and not lost_before.is_hung_up:
        sys.stderr.write(f"warning: not all was shown: standard output cannot be written: {lost_before.reason}\n")
    return code


def answer_lost(lost: OutputLost) -> int:
    """The exit code of a command whose answer could not be written; says why, unless nobody wanted to read it."""
    if lost.is_hung_up:
        return CLOSED_PIPE
    error = WorldFailed(
        f"Standard output cannot be written: {lost.reason}.",
        remedy="Make room where it goes to, or send it elsewhere.",
    )
    show_error(error)
    return error.code


def _run(arguments: Sequence[str]) -> int:
    from cdkit.cli.app import app

    try:
        app.main(args=list(arguments), prog_name="cdkit", standalone_mode=True)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 0
    except CdkitError as error:
        show_error(error)
        return error.code
    except OutputLost:
        raise
    except Exception as error:  # noqa: BLE001 -- a traceback on a user's screen is a bug
        return _surprise(error)


def show_error(error: CdkitError) -> None:
    """Say on stderr what went wrong."""
    from cdkit.cli.native import Native, dialect_of, server_name
    from cdkit.cli.terminal import style_of
    from cdkit.engine.perform import failure_of
    from cdkit.report.failure import failure_lines, invalid_lines

    style = style_of(sys.stderr)
    if isinstance(error, InvalidInput) and error.problems:
        lines = invalid_lines(error.message, error.problems, error.remedy, style, _source_of)
    else:
        lines = failure_lines(failure_of(error), style)
    native = Native(dialect_of(server_name()))
    sys.stderr.writelines(f"{line}\n" for line in native.shielded(lines, _notes(error)))


def _notes(error: CdkitError) -> list[Note]:
    """What a build server shows at the lines of the pipeline file."""
    from cdkit.report.native.dialect import Note

    if not isinstance(error, InvalidInput) or not error.problems:
        return [Note("error", "cdkit", f"{error.message} {error.remedy}")]
    return [
        Note("error", "cdkit", f"{problem.message} {problem.remedy or ''}", problem.position)
        for problem in error.problems
    ]


def _source_of(file: str) -> list[str]:
    from cdkit.pipeline.include import read_text

    try:
        return read_text(file).split("\n")
    except InvalidInput:
        return []


def _surprise(error: Exception) -> int:
    sys.stderr.write(
        f"cdkit failed unexpectedly: {type(error).__name__}: {error}\n"
        f"  What to do: this is a defect of cdkit; please report it with the details in {_details(error)}\n"
    )
    return 1


def _details(error: Exception) -> str:
    """The file that the traceback was written to."""
    import tempfile
    import traceback

    try:
        handle, name = tempfile.mkstemp(prefix="cdkit-", suffix=".txt")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.writelines(traceback.format_exception(error))
    except OSError as full:
        return f"a file, for which there must be room first ({full.strerror})"
    return name
