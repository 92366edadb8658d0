"""The part of a terminal that a live view paints over and over: what runs now, in rows that fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rich.console import Console, ConsoleOptions, RenderResult
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from cdkit.models.duration import Duration
from cdkit.report.amounts import amount
from cdkit.report.picture import Item, Picture, StepAtWork
from cdkit.report.style import Style

LEAST_ROWS = 4
SHARE_OF_HEIGHT = 0.5
"""Of the terminal's rows; the rest is for the lines above."""

LONGEST_BAR = 30
SHORTEST_BAR = 5
INDENT = 4


class Region:
    """The rows of what a picture shows. Each fits the terminal as wide as it is now.

    Args:
        picture: what to show.
        style: signs; colours are rich's own.
        now: the time, in seconds since the epoch.
    """

    def __init__(self, picture: Picture, style: Style, now: Callable[[], float]) -> None:
        self._picture = picture
        self._style = Style(colour=False, unicode=style.unicode)
        self._now = now
        self.notice = ""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Render all rows for a terminal of this size."""
        width = max(1, options.max_width - 1)
        height = min(console.size.height - 1, max(LEAST_ROWS, int(console.size.height * SHARE_OF_HEIGHT)))
        yield from self._step_rows(width, height - 1)
        yield self._row(width, self._status(), "bold")

    def _step_rows(self, width: int, most: int) -> Iterator[Text | Table]:
        steps = self._picture.at_work()
        shown = steps if len(steps) <= most else steps[: most - 1]
        spare = most - len(shown)
        for step in shown:
            yield self._step_row(width, step)
            items = step.unfinished()
            if len(items) <= spare:
                spare -= len(items)
                yield from (self._item_row(width, item) for item in items)
        if len(steps) > len(shown):
            yield self._row(width, f"and {len(steps) - len(shown)} more", "dim")

    def _step_row(self, width: int, step: StepAtWork) -> Text:
        seconds = _clock(self._now() - step.since)
        row = Text.assemble(
            (step.name, "bold"), " ", (self._style.sign("start"), "cyan"), f" {seconds} ", self._clean(step.doing)
        )
        return self._fitted(row, width)

    def _item_row(self, width: int, item: Item) -> Text | Table:
        name, told = self._clean(item.name), amount(item.current, item.total, self._clean(item.unit))
        bar = min(LONGEST_BAR, width // 3)
        if not item.total or bar < SHORTEST_BAR or INDENT + bar + len(told) + 2 >= width:
            return self._row(width, f"{' ' * INDENT}{name} {told}", "")
        row = Table.grid(padding=(0, 1, 0, 0))
        label = self._row(width - INDENT - bar - len(told) - 2, name, "")
        row.add_row(Text(" " * (INDENT - 1)), label, ProgressBar(item.total, item.current, bar), Text(told))
        return row

    def _status(self) -> str:
        if self.notice:
            return self.notice
        picture = self._picture
        seconds = _clock(self._now() - picture.since) if picture.since else _clock(0)
        if picture.is_checking:
            return f"{seconds}  checking what the steps need"
        return f"{seconds}  {picture.done} of {picture.steps} {'step' if picture.steps == 1 else 'steps'} done"

    def _row(self, width: int, text: str, style: str) -> Text:
        return self._fitted(Text(text, style), width)

    def _fitted(self, row: Text, width: int) -> Text:
        row.no_wrap = True
        row.truncate(width, overflow="ellipsis" if self._style.unicode else "crop")
        return row

    def _clean(self, text: str) -> str:
        """Somebody else's words, as one piece of a row."""
        return self._style.harmless(text).expandtabs(1)


def _clock(seconds: float) -> str:
    """Whole seconds: a row must not change more often than it is painted."""
    return str(Duration(max(0, int(seconds)))) if seconds >= 60 else f"{max(0, int(seconds))} s"  # noqa: PLR2004
