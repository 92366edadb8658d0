"""Lengths of time, as people write them."""

from __future__ import annotations

import re

_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
LONGEST = 366 * _SECONDS["d"]
"""Seconds. More is a slip of the pen, and the operating system cannot wait for 300 years."""

PATTERN = rf"^\s*(?:\d+(?:\.\d+)?|(?:{_PART.pattern})+)\s*$"
"""What `Duration.parse` reads, but for `LONGEST`; for those who check text without this module."""


class Duration(float):
    """A length of time in seconds; `90s`, `5m`, `1h30m` and plain seconds are read."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Duration:
        """Read a duration.

        Raises:
            ValueError: the text is not a duration, is negative, or is longer than `LONGEST`.
        """
        stripped = text.strip()
        written = f"{stripped}s" if re.fullmatch(r"\d+(\.\d+)?", stripped) else stripped
        if not re.fullmatch(rf"(?:{_PART.pattern})+", written):
            raise ValueError(f"{text!r} is not a duration; write it like 90s, 5m or 1h30m")
        seconds = sum(float(number) * _SECONDS[unit] for number, unit in _PART.findall(written))
        if seconds > LONGEST:
            raise ValueError(f"{text!r} is longer than a year")
        return cls(seconds)

    def written(self) -> str:
        """The form in which people write it in a file: `30m`, `1h30m`, `250ms`; `parse` reads it."""
        if self < 1:
            return f"{float(self) * 1000:g}ms" if self else "0s"
        whole, fraction = divmod(float(self), 60)
        hours, minutes = divmod(int(whole), 60)
        parts = ((hours, "h"), (minutes, "m"), (fraction, "s"))
        return "".join(f"{number:g}{unit}" for number, unit in parts if number)

    def __str__(self) -> str:
        """The shortest of the usual forms: `250 ms`, `3.2 s`, `4 min 5 s`."""
        if self < 1:
            return f"{self * 1000:.0f} ms"
        if self < 60:  # noqa: PLR2004 -- seconds of a minute
            return f"{float(self):.1f} s"
        minutes, seconds = divmod(round(self), 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours} h {minutes} min" if hours else f"{minutes} min {seconds} s"
