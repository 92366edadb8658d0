"""The console of a terminal: finished lines scroll above, and below them stands what runs now."""

from __future__ import annotations

import os
import sys
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import TextIO

from rich.console import Console as Terminal
from rich.console import ConsoleDimensions, ConsoleOptions, RenderResult
from rich.live import Live
from rich.segment import Segment

from cdkit.models.event import Event, RunFinished
from cdkit.report.picture import Picture
from cdkit.report.region import Region
from cdkit.report.wording import Wording

SHORTEST_PAUSE = 0.1
"""Seconds between two paintings."""

LONGEST_PAUSE = 1.0
"""Seconds after which the region is painted again although nothing happened: the times in it go on."""

MOST_LINES = 2000
"""Lines that may wait for the painter; a terminal that takes them more slowly slows the steps down."""


class _Terminal(Terminal):
    """A terminal whose cursor stays visible, so that there is no way to end that leaves it hidden."""

    @property
    def is_dumb_terminal(self) -> bool:
        """Whoever made a live view has asked already whether it can be shown."""
        return False

    def show_cursor(self, show: bool = True) -> bool:
        """Leave the cursor as it is."""
        return False


class _Lines:
    """Lines that go to the terminal as they are."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines

    def __rich_console__(self, console: Terminal, options: ConsoleOptions) -> RenderResult:
        yield Segment("".join(f"{line}\n" for line in self._lines))


class LiveConsole:
    """Shows the lines of a `Wording`, and a `Region` below them.

    A thread of its own paints, at most ten times a second, so that a step that prints ten thousand lines costs a few
    paintings. Should painting fail, the region goes and the lines come as on a plain console.

    Args:
        out: the terminal.
        wording: which lines.
        now: the time, in seconds since the epoch.
        size: columns and rows; asked of the terminal when left out.
    """

    def __init__(
        self, out: TextIO, wording: Wording, now: Callable[[], float], size: tuple[int, int] | None = None
    ) -> None:
        self._out = out
        self._wording = wording
        self._lines: deque[str] = deque()
        self._picture = Picture()
        self._region = Region(self._picture, wording.style, now)
        self._fixed_size = size
        self._terminal = _Terminal(
            file=out,
            force_terminal=True,
            force_interactive=True,
            color_system="standard" if wording.style.colour else None,
            no_color=not wording.style.colour,
            highlight=False,
            emoji=False,
        )
        self._live = Live(
            self._region,
            console=self._terminal,
            auto_refresh=False,
            transient=True,
            vertical_overflow="crop",
            # What steps print to stdout is taken care of where they run.
            redirect_stdout=False,
            redirect_stderr=out is sys.stdout and sys.stderr.isatty(),
        )
        self._painting = threading.Lock()
        self._news = threading.Event()
        self._closed = threading.Event()
        self._painter: threading.Thread | None = None

    def report(self, event: Event) -> None:
        """Take one event."""
        try:
            self._picture.take(event)
            self._lines.extend(self._wording.lines(event))
        except Exception:
            # Whoever gets the error leaves this reporter out; nothing may be painted then.
            self.close()
            raise
        if isinstance(event, RunFinished):
            self.close()

    def flush(self) -> None:
        """Have all that was taken painted soon; at once when there is much of it, or nothing is painted any more."""
        if self._closed.is_set():
            self._write_plainly()
            return
        if self._painter is None:
            self._painter = threading.Thread(target=self._paint_again_and_again, name="live view", daemon=True)
            self._painter.start()
        self._news.set()
        if len(self._lines) > MOST_LINES:
            self.paint()

    def notice(self, text: str) -> None:
        """Show a text instead of how far the run has come. May be called from a signal handler."""
        self._region.notice = text
        self._news.set()

    def leave(self) -> None:
        """Leave the terminal in a state for a shell, right before the process ends. For a signal handler."""
        with suppress(OSError):
            os.write(self._out.fileno(), b"\x1b[0m\n")

    def close(self) -> None:
        """Take the region away; lines come plainly from now on. Does nothing the second time."""
        self._closed.set()
        self._news.set()
        if self._painter is not None and self._painter is not threading.current_thread():
            self._painter.join()
        with self._painting, suppress(Exception):
            self._live.stop()
        self._write_plainly()

    def _paint_again_and_again(self) -> None:
        while not self._closed.is_set():
            self._news.wait(LONGEST_PAUSE)
            self._news.clear()
            self.paint()
            self._closed.wait(SHORTEST_PAUSE)

    def paint(self) -> None:
        """Paint what was taken, now. Does nothing once the region is gone."""
        with self._painting:
            if self._closed.is_set():
                return
            lines = self._take_lines()
            try:
                self._terminal.size = self._size()
                self._live.start()
                if lines:
                    self._terminal.print(_Lines(lines), soft_wrap=True, end="")
                else:
                    self._live.refresh()
            except Exception:  # noqa: BLE001 -- whatever is wrong with the region, the run must be told on
                # The cursor may stand behind what was painted last.
                self._lines.extendleft(reversed(["", *lines]))
                self._closed.set()
                with suppress(Exception):
                    self._live.stop()

    def _size(self) -> ConsoleDimensions:
        """Columns and rows as they are now; rich would ask the variables COLUMNS and LINES first."""
        columns, rows = self._fixed_size or os.get_terminal_size(self._out.fileno())
        # A terminal that does not know its size says 0.
        return ConsoleDimensions(columns or 80, rows or 24)

    def _write_plainly(self) -> None:
        with self._painting:
            self._out.writelines(f"{line}\n" for line in self._take_lines())
            self._out.flush()

    def _take_lines(self) -> list[str]:
        """What waits now; others may add to it meanwhile."""
        return [self._lines.popleft() for _ in range(len(self._lines))]
