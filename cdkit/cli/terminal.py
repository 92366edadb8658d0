"""What a stream can show."""

from __future__ import annotations

import os
from typing import TextIO

from cdkit.report.style import Style


def style_of(stream: TextIO) -> Style:
    """Colours on a terminal, unless NO_COLOR says otherwise (https://no-color.org); signs where there is Unicode."""
    colour = stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    unicode = (stream.encoding or "").lower().replace("-", "") == "utf8"
    return Style(colour=colour, unicode=unicode)
