"""What the tests of whole deployments share."""

from __future__ import annotations

from pathlib import Path

import pytest

from .shop import Shop


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """A fresh application."""
    return Shop(tmp_path)
