"""Quantities, as Kubernetes writes them."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdkit.models.quantity import PATTERN, Quantity


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("2", "2"),
        ("500m", "0.5"),
        ("1.5", "1.5"),
        ("128Mi", "134217728"),
        ("1G", "1000000000"),
        ("250u", "0.00025"),
        ("2E", "2000000000000000000"),
        ("12e3", "12000"),
        ("5E-1", "0.5"),
    ],
)
def test_a_quantity_keeps_how_it_was_written_and_knows_how_much_it_is(text: str, amount: str) -> None:
    quantity = Quantity.parse(f" {text} ")
    assert quantity == text
    assert quantity.amount == Decimal(amount)


@pytest.mark.parametrize(
    ("amount", "text"), [(64 << 20, "64Mi"), (1536, "1536"), (3 << 30, "3Gi"), (2 << 10, "2Ki"), (0, "0"), (1, "1")]
)
def test_an_amount_of_memory_is_written_in_the_largest_unit_that_fits(amount: int, text: str) -> None:
    assert Quantity.text_of_bytes(amount) == text
    assert Quantity.parse(text).amount == amount


@given(st.from_regex(r"[0-9.]{0,6}[a-zA-Z]{0,2}[+-]?[0-9a-zA-Z]{0,3}", fullmatch=True) | st.text(max_size=8))
def test_the_pattern_for_editors_says_the_same_as_the_code(text: str) -> None:
    try:
        Quantity.parse(text)
        is_one = True
    except ValueError:
        is_one = False
    assert is_one == bool(re.fullmatch(PATTERN, text))
