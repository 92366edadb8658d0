"""What the real `helm` and `kubectl kustomize` make of written manifests is what plain YAML says."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings

from cdkit_manifests.bundle import Bundle
from cdkit_manifests.writers import Format
from cdkit_manifests.writers.place import place_files
from cdkit_manifests.writers.writer import files_of
from tests.rendering import Tools, expected
from tests.unit.manifests.bundles import application, bundles

pytestmark = pytest.mark.cluster


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    """A chart in a folder."""
    bundle = Bundle(name="hello", objects=application(), version="1.2", description="Says hello")
    place_files(tmp_path, files_of(bundle, "helm"))
    return tmp_path


def test_helm_has_nothing_against_a_chart(tools: Tools, chart: Path) -> None:
    assert "1 chart(s) linted, 0 chart(s) failed" in tools.run(tools.helm, "lint", "--strict", str(chart))


def test_a_value_can_be_set_and_one_that_there_is_not_is_refused(tools: Tools, chart: Path) -> None:
    def templated(setting: str) -> str:
        return tools.run(tools.helm, "template", "release", str(chart), "--set", setting)

    assert "\n  replicas: 7\n" in templated("deployment.hello.replicas=7")
    assert 'image: "r:5000/hello:next"' in templated("image.digest=,image.tag=next")
    for wrong in ("deployment.hello.replica=7", "deployment.hello.replicas=many"):
        with pytest.raises(AssertionError, match=r"values don't meet the specifications of the schema"):
            templated(wrong)


@pytest.mark.parametrize("form", ["kustomize", "helm"])
def test_whatever_environments_say_is_what_is_rendered_for_them(tools: Tools, form: Format) -> None:
    @settings(max_examples=15, phases=[Phase.generate])
    @given(bundles)
    def holds(bundle: Bundle) -> None:
        with tempfile.TemporaryDirectory() as folder:
            assert tools.rendered(bundle, form, Path(folder)) == expected(bundle)

    holds()
