from decimal import Decimal

import pytest
from prices import with_tax


@pytest.mark.parametrize(("net", "gross"), [("10", "11.90"), ("0.99", "1.18"), ("0", "0.00")])
def test_a_tax_is_added_and_rounded_to_the_cent(net: str, gross: str) -> None:
    assert with_tax(Decimal(net), 19) == Decimal(gross)


def test_no_tax_is_negative() -> None:
    with pytest.raises(ValueError, match="cannot be"):
        with_tax(Decimal(1), -1)
