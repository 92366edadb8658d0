"""What all tests share."""

from __future__ import annotations

from hypothesis import settings

pytest_plugins = ["cdkit.testing.pytest_plugin", "tests.real_world", "tests.rendering"]

# The same examples at every run: a test that fails now and then is a defect of its own.
settings.register_profile("cdkit", derandomize=True, deadline=None, database=None, max_examples=100)
settings.load_profile("cdkit")
