"""Amounts of memory and processor time, as Kubernetes writes them."""

from __future__ import annotations

import re
from decimal import Decimal

_FACTORS = {
    "": Decimal(1),
    "n": Decimal("1e-9"),
    "u": Decimal("1e-6"),
    "m": Decimal("0.001"),
    "k": Decimal(10**3),
    "M": Decimal(10**6),
    "G": Decimal(10**9),
    "T": Decimal(10**12),
    "P": Decimal(10**15),
    "E": Decimal(10**18),
    "Ki": Decimal(2**10),
    "Mi": Decimal(2**20),
    "Gi": Decimal(2**30),
    "Ti": Decimal(2**40),
    "Pi": Decimal(2**50),
    "Ei": Decimal(2**60),
}

PATTERN = r"^\s*[0-9]{1,15}(?:\.[0-9]{1,9})?(?:[eE][+-]?[0-9]{1,2}|[numk]|[MGTPE]|[KMGTPE]i)?\s*$"
"""What `Quantity.parse` reads; for those who check text without this module."""

_QUANTITY = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,9})?)(?:[eE]([+-]?[0-9]{1,2})|([a-zA-Z]*))")


class Quantity(str):
    """A Kubernetes quantity as it was written: `500m`, `2`, `128Mi`.

    https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
    """

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> Quantity:
        """Read a quantity.

        Raises:
            ValueError: the text is not a quantity, or is negative.
        """
        stripped = text.strip()
        match = _QUANTITY.fullmatch(stripped)
        if match is None or (match[3] or "") not in _FACTORS:
            raise ValueError(f"{text!r} is not a quantity; write it like 500m, 2 or 128Mi")
        return cls(stripped)

    @staticmethod
    def text_of_bytes(amount: int) -> str:
        """An amount of memory as it is written, in the largest unit in which it is a whole number: `64Mi`."""
        for unit in ("Ti", "Gi", "Mi", "Ki"):
            whole, rest = divmod(amount, int(_FACTORS[unit]))
            if whole and not rest:
                return f"{whole}{unit}"
        return str(amount)

    @property
    def amount(self) -> Decimal:
        """How much it is: cores of a processor, bytes of memory."""
        match = _QUANTITY.fullmatch(self)
        if match is None:
            raise ValueError(f"{str(self)!r} is not a quantity")
        return Decimal(match[1]).scaleb(int(match[2] or 0)) * _FACTORS[match[3] or ""]
