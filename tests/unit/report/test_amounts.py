"""Amounts, in few words."""

from __future__ import annotations

import pytest

from cdkit.report.amounts import amount


@pytest.mark.parametrize(
    ("current", "total", "unit", "told"),
    [
        (0, 0, "bytes", "0 B"),
        (999, 0, "bytes", "999 B"),
        (512, 2048, "bytes", "0.5 of 2.0 kB"),
        (3_200_000, 10_500_000, "bytes", "3.2 of 10.5 MB"),
        (1, 7 * 10**15, "bytes", "0.0 of 7000.0 TB"),
        (1, 3, "replicas", "1 of 3 replicas"),
        (7, 0, "", "7"),
        (7, 9, "", "7 of 9"),
    ],
)
def test_an_amount(current: int, total: int, unit: str, told: str) -> None:
    assert amount(current, total, unit) == told
