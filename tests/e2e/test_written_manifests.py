"""What the real `helm` and `kubectl kustomize` make of written manifests is what plain YAML says."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings

from cdkit_manifests.bundle import Bundle
from cdkit_manifests.writers import Format
from tests.rendering import Tools, expected
from tests.unit.manifests.bundles import bundles

pytestmark = pytest.mark.cluster


@pytest.mark.parametrize("form", ["kustomize", "helm"])
def test_whatever_environments_say_is_what_is_rendered_for_them(tools: Tools, form: Format) -> None:
    @settings(max_examples=25, phases=[Phase.generate])
    @given(bundles)
    def holds(bundle: Bundle) -> None:
        with tempfile.TemporaryDirectory() as folder:
            assert tools.rendered(bundle, form, Path(folder)) == expected(bundle)

    holds()
