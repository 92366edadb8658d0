"""The manifests of every project of the corpus: golden files, and right for the newest version of Kubernetes."""

from __future__ import annotations

import pytest

from cdkit.api import InvalidInput
from cdkit.testing.pytest_plugin import Golden
from cdkit_manifests.versions.target import newest_version
from cdkit_manifests.versions.version import OLDEST
from cdkit_manifests.writers.writer import files_of
from tests.corpus import Case, cases
from tests.corpus_manifests import WITHOUT_NAME, cases_with_manifests, finished


@pytest.mark.parametrize("case", cases_with_manifests(), ids=lambda case: case.name)
def test_the_manifests_of_a_project_are_right_and_known(case: Case, golden: Golden) -> None:
    made = finished(case, newest_version())
    assert made.problems == ()
    (text,) = files_of(made.bundle, "yaml").values()
    golden(str(case.expected / "manifests.yaml"), text)


@pytest.mark.parametrize("case", cases_with_manifests(), ids=lambda case: case.name)
def test_the_oldest_version_can_express_the_manifests_of_every_project(case: Case) -> None:
    assert finished(case, OLDEST).problems == ()


def test_the_corpus_is_large_enough() -> None:
    assert len(cases()) >= 40


def test_a_project_that_says_nothing_is_told_how_to_say_it_by_hand() -> None:
    (case,) = (case for case in cases() if case.name == WITHOUT_NAME)
    with pytest.raises(InvalidInput) as error:
        finished(case, newest_version(), name="")
    assert "pyproject.toml" in error.value.message
    assert error.value.remedy == "Say `name` under `with:`, or under `manifests:` in cdkit.yaml."
