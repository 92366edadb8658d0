"""Tables for people: columns as wide as what stands in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from cdkit.report.style import Colour, Style

GAP = "  "


class Cell(msgspec.Struct, frozen=True):
    """One place in a table.

    Attributes:
        text: what stands there; may be somebody else's words.
        colour: in which colour, where colours are written.
    """

    text: str
    colour: Colour | None = None


def table_lines(head: Sequence[str], rows: Sequence[Sequence[Cell]], style: Style) -> Iterator[str]:
    """The lines of a table. A column in which no row has anything is left out.

    Args:
        head: the names of the columns.
        rows: each with one cell for each column.
        style: how to write.
    """
    clean = [[style.harmless(cell.text) for cell in row] for row in rows]
    wanted = [column for column in range(len(head)) if any(row[column] for row in clean)]
    widths = {column: max(len(row[column]) for row in [head, *clean]) for column in wanted}
    yield GAP.join(style.paint(head[column].ljust(widths[column]), "dim") for column in wanted).rstrip()
    for row, texts in zip(rows, clean, strict=True):
        padded = [_painted(row[column], texts[column].ljust(widths[column]), style) for column in wanted]
        yield GAP.join(padded).rstrip()


def _painted(cell: Cell, padded: str, style: Style) -> str:
    return style.paint(padded, cell.colour) if cell.colour else padded
