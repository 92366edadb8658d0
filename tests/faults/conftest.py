"""What these tests need besides the real world."""

from __future__ import annotations

from tests.contract.conftest import tiny_image

__all__ = ["tiny_image"]
