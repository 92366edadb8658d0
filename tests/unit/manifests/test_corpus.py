"""What is read of every project of the corpus; the whole table of each is a golden file."""

from __future__ import annotations

import pytest

from cdkit.testing.pytest_plugin import Golden
from tests.corpus import Case, cases, facts_text


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_what_a_project_says_of_itself(case: Case, golden: Golden) -> None:
    golden(str(case.expected / "facts.txt"), facts_text(case.read()))
