"""The graph of a pipeline, as text, Mermaid and DOT."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdkit.report.graph import GraphFormat, GraphStep, graph_lines
from cdkit.report.style import Style
from cdkit.testing.pytest_plugin import Golden

GOLDEN = Path(__file__).parents[2] / "golden"
STEPS = [
    GraphStep("unit-tests", "run"),
    GraphStep("lint", "run"),
    GraphStep("image", "build-image", ("unit-tests",)),
    GraphStep("test", "run-test-pod", ("image",)),
    GraphStep("manifests", "generate-manifests", ("image",)),
    GraphStep("release", "rolling-update", ("lint", "test", "manifests")),
    GraphStep("end", 'a "kind"]; <b>&lt;\\N</b> `#quot;`\nx --> y', ("release",)),
]


@pytest.mark.parametrize("form", ["text", "mermaid", "dot"])
def test_a_graph_is_drawn(form: GraphFormat, golden: Golden) -> None:
    text = "".join(f"{line}\n" for line in graph_lines(STEPS, form, Style()))
    golden(str(GOLDEN / f"graph-{form}.txt"), text)


@pytest.mark.parametrize("form", ["mermaid", "dot"])
def test_a_hostile_name_ends_no_label_and_no_line(form: GraphFormat) -> None:
    lines = list(graph_lines([GraphStep('x"]\n"; y', 'z" -> "', ())], form, Style()))
    (node,) = [line for line in lines if line.lstrip().startswith("s1")]
    assert node.replace('\\"', "").count('"') == 2


def test_steps_that_can_run_at_once_stand_under_one_number() -> None:
    lines = list(graph_lines(STEPS[:3], "text", Style()))
    assert lines == ["1  unit-tests (run)", "   lint (run)", "2  image (build-image)  after unit-tests"]


def test_a_pipeline_without_steps_has_a_graph_too() -> None:
    assert list(graph_lines([], "text", Style())) == []
    assert list(graph_lines([], "mermaid", Style())) == ["flowchart TD"]
