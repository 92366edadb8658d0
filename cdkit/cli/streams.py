"""The standard streams, whose faults are not those of what a command does."""

from __future__ import annotations

import errno
import io
import os
import sys
from typing import TYPE_CHECKING, TextIO, TypedDict, cast

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class OutputLost(Exception):
    """Standard output takes nothing any more: its disk is full, or who read it has gone.

    It is raised once. What is written after that goes nowhere, so that a run comes to its end.

    Attributes:
        reason: why, in the words of the system.
        is_hung_up: whether nobody reads it any more, which is for the reader to decide: `cdkit plan | head -1`.
    """

    def __init__(self, error: OSError) -> None:
        super().__init__(error.strerror)
        self.reason = error.strerror or str(error)
        self.is_hung_up = error.errno == errno.EPIPE


class StandardOutput(io.TextIOWrapper):
    """Standard output, as Python has opened it; `lost` says what it met."""

    def __init__(self, given: io.TextIOWrapper) -> None:
        self._raw = _Output(given.fileno(), "w", closefd=False)
        super().__init__(_buffered(self._raw, given), **_settings_of(given))

    @property
    def lost(self) -> OutputLost | None:
        """Why it takes nothing any more; None while it does."""
        return self._raw.lost


class _Output(io.FileIO):
    """Where standard output ends."""

    lost: OutputLost | None = None

    def write(self, data: ReadableBuffer) -> int:
        # click asks whether a stream takes text by writing none; a full disk refuses that too.
        if self.lost is None and memoryview(data):
            try:
                return super().write(data)
            except OSError as error:
                self.lost = OutputLost(error)
                raise self.lost from error
        return len(memoryview(data))


class _Errors(io.FileIO):
    """Where standard error ends: there is nobody left to tell that it cannot be written."""

    def write(self, data: ReadableBuffer) -> int:
        try:
            return super().write(data)
        except OSError:
            return len(memoryview(data))


def open_streams() -> None:
    """Have streams that tell their faults apart, also where the shell has closed one (`cdkit run >&-`)."""
    # Python has None for a stream that is closed.
    sys.stdout = _nowhere() if sys.stdout is None else StandardOutput(cast("io.TextIOWrapper", sys.stdout))
    sys.stderr = _nowhere() if sys.stderr is None else _standard_error(cast("io.TextIOWrapper", sys.stderr))


def loss_of(stream: TextIO) -> OutputLost | None:
    """Why a stream takes nothing any more, where it is standard output and has met something."""
    return stream.lost if isinstance(stream, StandardOutput) else None


def _nowhere() -> TextIO:
    return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123 -- open to the end


def _standard_error(given: io.TextIOWrapper) -> TextIO:
    return io.TextIOWrapper(_buffered(_Errors(given.fileno(), "w", closefd=False), given), **_settings_of(given))


def _buffered(raw: io.FileIO, given: io.TextIOWrapper) -> io.BufferedWriter:
    # Without buffers (PYTHONUNBUFFERED) Python writes to the file itself.
    return cast("io.BufferedWriter", raw) if given.write_through else io.BufferedWriter(raw)


class _Settings(TypedDict):
    """How Python has opened a stream."""

    encoding: str
    errors: str | None
    line_buffering: bool
    write_through: bool


def _settings_of(given: io.TextIOWrapper) -> _Settings:
    return {
        "encoding": given.encoding,
        "errors": given.errors,
        "line_buffering": given.line_buffering,
        "write_through": given.write_through,
    }
