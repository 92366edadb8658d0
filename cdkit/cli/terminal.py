"""What a stream can show."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TextIO

from cdkit.report.style import Style

_NO = frozenset({"", "0", "false", "no"})


def style_of(stream: TextIO, colour: bool | None = None, environ: Mapping[str, str] = os.environ) -> Style:
    """Colours on a terminal, unless somebody said otherwise; signs where there is Unicode.

    The command line comes first, then NO_COLOR (https://no-color.org), then FORCE_COLOR (https://force-color.org) and
    CLICOLOR_FORCE, then TERM and CLICOLOR (https://bixense.com/clicolors): the order of Python itself.

    Args:
        stream: where to write.
        colour: what the command line says; None when it says nothing.
        environ: the environment variables.
    """
    unicode = (stream.encoding or "").lower().replace("-", "") == "utf8"
    return Style(colour=_takes_colours(stream, environ) if colour is None else colour, unicode=unicode)


def is_live(stream: TextIO, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether a person looks at a stream on a terminal that can be painted over.

    Build servers give their jobs terminals too, and keep all that was ever painted: they set CI.
    """
    return stream.isatty() and not _is_dumb(environ) and environ.get("CI", "").lower() in _NO


def _takes_colours(stream: TextIO, environ: Mapping[str, str]) -> bool:
    if environ.get("NO_COLOR"):
        return False
    if any(environ.get(name, "").lower() not in _NO for name in ("FORCE_COLOR", "CLICOLOR_FORCE")):
        return True
    return stream.isatty() and not _is_dumb(environ) and environ.get("CLICOLOR") != "0"


def _is_dumb(environ: Mapping[str, str]) -> bool:
    return environ.get("TERM") in {"dumb", "unknown"}
