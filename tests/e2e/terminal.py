"""A program on a terminal, and what a person sees there."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.unit.report.screen import Screen

PATIENCE = 60.0
"""Seconds after which a screen that does not show what is awaited fails the test."""


class OnTerminal:
    """A program with a terminal of its own.

    Args:
        command: the program and its arguments.
        folder: where it runs.
        environ: its environment.
        columns: the terminal's width.
        rows: its height.
    """

    def __init__(
        self, command: Sequence[str], folder: Path, environ: Mapping[str, str], columns: int = 80, rows: int = 24
    ) -> None:
        self.screen = Screen(columns, rows, is_raw=True)
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            # Between fork and exec nothing may raise into the test's own stack.
            try:
                os.chdir(folder)
                # The size is set before the program looks at it.
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
                os.execvpe(command[0], list(command), {**environ, "TERM": "xterm-256color"})
            finally:
                os._exit(127)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        if self.pid:
            os.kill(self.pid, 9)
            os.waitpid(self.pid, 0)
        os.close(self._terminal)

    def type(self, text: str) -> None:
        """Press keys."""
        os.write(self._terminal, text.encode())

    def resize(self, columns: int, rows: int) -> None:
        """Change the terminal's size."""
        self.screen.resize(columns, rows)
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def until(self, holds: Callable[[list[str]], object]) -> list[str]:
        """Look at the screen until something holds for its rows; gives the rows."""
        latest = time.monotonic() + PATIENCE
        while not holds(self.screen.shown):
            assert time.monotonic() < latest, "\n".join(self.screen.all)
            assert self._read(), "\n".join(self.screen.all)
        return self.screen.shown

    def end(self) -> int:
        """Wait for the end of the program; gives its exit code."""
        latest = time.monotonic() + PATIENCE
        while self._read():
            assert time.monotonic() < latest, "\n".join(self.screen.all)
        _, status = os.waitpid(self.pid, 0)
        self.pid = 0
        return os.waitstatus_to_exitcode(status)

    def _read(self) -> bool:
        """Take in what was written; false when the program has closed the terminal."""
        ready, _, _ = select.select([self._terminal], [], [], 0.05)
        if not ready:
            return True
        try:
            piece = os.read(self._terminal, 1 << 16)
        except OSError:
            # How Linux says that the other end was closed.
            return False
        self.screen.feed(piece)
        return bool(piece)
