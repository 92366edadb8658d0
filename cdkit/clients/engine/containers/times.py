"""Times in the engine's forms. Pure."""

from __future__ import annotations

from datetime import UTC, datetime

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WHOLE_SECONDS = len("2026-01-31T12:00:00")
_NANOSECOND_DIGITS = 9

NEVER = "0001-01-01T00:00:00Z"
"""How the engine writes that something has not happened."""


def timestamp(time: str) -> str:
    """A time (RFC 3339, UTC) as a parameter: seconds since the epoch with all nanoseconds, `1795300000.000000042`."""
    fraction = time[_WHOLE_SECONDS:].rstrip("Z").lstrip(".")[:_NANOSECOND_DIGITS]
    whole = datetime.fromisoformat(time[:_WHOLE_SECONDS]).replace(tzinfo=UTC)
    return f"{int(whole.timestamp())}.{fraction:0<{_NANOSECOND_DIGITS}}"


def seconds_of_date(header: str) -> int:
    """The seconds since the epoch of the header `Date`: `Sat, 21 Nov 2026 22:13:15 GMT`."""
    _, day, month, year, clock, _ = header.split()
    hour, minute, second = map(int, clock.split(":"))
    date = datetime(int(year), _MONTHS.index(month) + 1, int(day), hour, minute, second, tzinfo=UTC)
    return int(date.timestamp())


def moment(time: str) -> str:
    """A time as the engine tells it, or nothing for one that has not come."""
    return "" if time == NEVER else time


def rfc3339(seconds: float) -> str:
    """Seconds since the epoch as RFC 3339."""
    return datetime.fromtimestamp(seconds, tz=UTC).isoformat().replace("+00:00", "Z")
