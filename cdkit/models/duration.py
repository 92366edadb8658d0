"""Lengths of time, as people write them."""

from __future__ import annotations

import re

_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


class Duration(float):
    """A length of time in seconds; `90s`, `5m`, `1h30m` and plain seconds are read."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Duration:
        """Read a duration.

        Raises:
            ValueError: the text is not a duration, or is negative.
        """
        stripped = text.strip()
        if re.fullmatch(r"\d+(\.\d+)?", stripped):
            return cls(float(stripped))
        if not stripped or not re.fullmatch(rf"(?:{_PART.pattern})+", stripped):
            raise ValueError(f"{text!r} is not a duration; write it like 90s, 5m or 1h30m")
        return cls(sum(float(number) * _SECONDS[unit] for number, unit in _PART.findall(stripped)))

    def __str__(self) -> str:
        """The shortest of the usual forms: `250 ms`, `3.2 s`, `4 min 5 s`."""
        if self < 1:
            return f"{self * 1000:.0f} ms"
        if self < 60:  # noqa: PLR2004 -- seconds of a minute
            return f"{float(self):.1f} s"
        minutes, seconds = divmod(round(self), 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours} h {minutes} min" if hours else f"{minutes} min {seconds} s"
