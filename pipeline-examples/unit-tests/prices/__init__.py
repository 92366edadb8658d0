"""What something costs."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def with_tax(net: Decimal, percent: int) -> Decimal:
    """A price with its tax, rounded to the cent.

    Raises:
        ValueError: the tax is negative.
    """
    if percent < 0:
        raise ValueError(f"a tax of {percent} % cannot be")
    return (net * (100 + percent) / 100).quantize(CENT, ROUND_HALF_UP)
