"""What all tests share."""

from __future__ import annotations

import os

from hypothesis import settings

from cdkit.cli.native import MARKS_OF_A_SERVER

# The build server that runs these tests must not be taken for the one that a test is about.
for mark in MARKS_OF_A_SERVER:
    os.environ.pop(mark, None)

pytest_plugins = ["cdkit.testing.pytest_plugin", "tests.real_world", "tests.rendering"]

# The same examples at every run: a test that fails now and then is a defect of its own.
settings.register_profile("cdkit", derandomize=True, deadline=None, database=None, max_examples=100)
settings.load_profile("cdkit")
