"""A terminal to look at."""

from __future__ import annotations

import io

import pyte


class Screen(io.TextIOBase):
    """Takes what a program writes, and shows what a person would see.

    Args:
        columns: its width.
        rows: its height; what scrolled out of it is kept.
        is_raw: what is written has gone through a terminal's driver already.
    """

    encoding = "utf-8"

    def __init__(self, columns: int, rows: int, *, is_raw: bool = False) -> None:
        self.size = (columns, rows)
        self.raw = ""
        self._screen = pyte.HistoryScreen(columns, rows, history=100_000, ratio=0.5)
        if not is_raw:
            # A terminal's driver turns a line feed into both.
            self._screen.set_mode(pyte.modes.LNM)
        self._stream = pyte.ByteStream(self._screen)

    def write(self, text: str) -> int:
        self.feed(text.encode())
        return len(text)

    def feed(self, piece: bytes) -> None:
        """Take bytes, which may end within a letter."""
        self.raw += piece.decode(errors="replace")
        self._stream.feed(piece)

    def resize(self, columns: int, rows: int) -> None:
        """Change its size."""
        self.size = (columns, rows)
        self._screen.resize(rows, columns)

    @property
    def shown(self) -> list[str]:
        """The rows that are seen now, without the empty ones at the end."""
        rows = [row.rstrip() for row in self._screen.display]
        while rows and not rows[-1]:
            rows.pop()
        return rows

    @property
    def scrolled(self) -> list[str]:
        """The rows that have left at the top."""
        columns = self.size[0]
        return ["".join(row[column].data for column in range(columns)).rstrip() for row in self._screen.history.top]

    @property
    def all(self) -> list[str]:
        """Every row from the first."""
        return self.scrolled + self.shown

    @property
    def cursor_is_hidden(self) -> bool:
        """Whether the program has hidden the cursor."""
        hidden: bool = self._screen.cursor.hidden
        return hidden
