"""For pytest: `pytest_plugins = ["cdkit.testing.pytest_plugin"]` brings `--update-golden` and the fixture `golden`."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cdkit.testing.golden import check_golden

Golden = Callable[[str, str], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Bring `--update-golden`."""
    parser.addoption("--update-golden", action="store_true", help="take over what comes out into the golden files")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """A function of a file's name and a text; a relative name is in the folder `golden` beside the test."""
    folder = request.path.parent / "golden"
    update = bool(request.config.getoption("--update-golden"))
    return lambda name, text: check_golden(folder / name, text, update=update)
