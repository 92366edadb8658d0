"""How far something has come, in a few words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

LONGEST_VALUE = 120
_BYTE_UNITS = ("B", "kB", "MB", "GB", "TB")
_THOUSAND = 1000


def amount(current: int, total: int, unit: str) -> str:
    """`3.2 of 10.5 MB`, `1 of 3 replicas`; without a total only what there is.

    Args:
        current: how much there is.
        total: how much there will be; 0 when nobody knows.
        unit: what is counted; `bytes` are shown in the unit that fits them.
    """
    if unit != "bytes":
        return " ".join(filter(None, [f"{current} of {total}" if total else str(current), unit]))
    power = _power(max(current, total))
    shown = [_in_unit(count, power) for count in ((current, total) if total else (current,))]
    return f"{' of '.join(shown)} {_BYTE_UNITS[power]}"


def facts(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Names and values that tell something, each short enough for a line that holds several."""
    return [(name, _short(value)) for name, value in values.items() if value not in ("", None, [], {})]


def _power(count: int) -> int:
    power = 0
    while count >= _THOUSAND ** (power + 1) and power < len(_BYTE_UNITS) - 1:
        power += 1
    return power


def _in_unit(count: int, power: int) -> str:
    return f"{count / _THOUSAND**power:.1f}" if power else str(count)


def _short(value: Any) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    if isinstance(value, bool):
        text = text.lower()
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}..."
