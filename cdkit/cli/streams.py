"""The standard streams, whose faults are not those of what a command does."""

from __future__ import annotations

import errno
import io
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    # `cdkit --version` comes by here, and `typing` takes longer than all else that it needs.
    from typing import TextIO

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
    """Standard output, as Python has opened it; `lost` says what it met.

    It is buffered also where Python's is not (PYTHONUNBUFFERED, which many images set): whoever has something to show
    flushes it, and a call of the system for each of very many lines would take longer than all else that is done.
    """

    def __init__(self, given: io.TextIOWrapper) -> None:
        self._raw = _Output(given.fileno(), "w", closefd=False)
        super().__init__(io.BufferedWriter(self._raw), given.encoding, given.errors, None, given.isatty())

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
    sys.stdout = StandardOutput(sys.stdout) if isinstance(sys.stdout, io.TextIOWrapper) else _nowhere()
    sys.stderr = _standard_error(sys.stderr) if isinstance(sys.stderr, io.TextIOWrapper) else _nowhere()


def loss_of(stream: TextIO) -> OutputLost | None:
    """Why a stream takes nothing any more, where it is standard output and has met something."""
    return stream.lost if isinstance(stream, StandardOutput) else None


def _nowhere() -> TextIO:
    return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123 -- open to the end


def _standard_error(given: io.TextIOWrapper) -> TextIO:
    raw = _Errors(given.fileno(), "w", closefd=False)
    return io.TextIOWrapper(io.BufferedWriter(raw), given.encoding, given.errors, None, line_buffering=True)
