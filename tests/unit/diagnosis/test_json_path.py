"""Paths as kubectl's documentation and its users write them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cdkit.diagnosis.json_path import BadPath, JsonPath

POD = {
    "metadata": {"name": "db", "labels": {"app.kubernetes.io/name": "db"}},
    "spec": {"containers": [{"name": "a", "ports": [80, 443]}, {"name": "b", "ports": [53]}]},
    "status": {
        "phase": "Running",
        "count": 3,
        "conditions": [{"type": "Ready", "status": "True"}, {"type": "Initialized", "status": "False"}],
    },
}

FOUND = [
    ("{.status.phase}", ["Running"]),
    (".status.phase", ["Running"]),
    ("{$.status.phase}", ["Running"]),
    ("status.phase", ["Running"]),
    ("{.metadata.labels.app\\.kubernetes\\.io/name}", ["db"]),
    ("{.metadata.labels['app.kubernetes.io/name']}", ["db"]),
    ('{.metadata["name"]}', ["db"]),
    ("{.metadata['name','labels']}", ["db", {"app.kubernetes.io/name": "db"}]),
    ("{.spec.containers[0].name}", ["a"]),
    ("{.spec.containers[-1].name}", ["b"]),
    ("{.spec.containers[*].name}", ["a", "b"]),
    ("{.spec.containers[0,1].name}", ["a", "b"]),
    ("{.spec.containers[0].ports[1:]}", [443]),
    ("{.spec.containers[0].ports[::2]}", [80]),
    ("{.spec.containers[7].name}", []),
    ("{..name}", ["db", "a", "b"]),
    ("{.metadata.*}", ["db", {"app.kubernetes.io/name": "db"}]),
    ('{.status.conditions[?(@.type=="Ready")].status}', ["True"]),
    ("{.status.conditions[?(@.type == 'Ready')].status}", ["True"]),
    ('{.status.conditions[?(@.type!="Ready")].type}', ["Initialized"]),
    ("{.spec.containers[?(@.ports[1])].name}", ["a"]),
    ("{.spec.containers[?(@.ports[0]>=80)].name}", ["a"]),
    ("{.spec.containers[?(@.name>=80)].name}", []),
    ("{.nothing.at.all}", []),
    ("{}", [POD]),
]


@pytest.mark.parametrize(("path", "values"), FOUND)
def test_a_path_leads_where_kubectl_says(path: str, values: list[Any]) -> None:
    assert JsonPath(path).find(POD) == values


@pytest.mark.parametrize(
    "path", ["{.a[}", "{.a[b]}", "{.a b}", "{range .items[*]}{.x}{end}", "{.a[?(@.b ~ 3)]}", "{.a[?(@.b==c)]}", "{..}"]
)
def test_what_is_no_path_is_refused(path: str) -> None:
    with pytest.raises(BadPath, match="cannot read"):
        JsonPath(path)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=".[]{}'\"*?()@=<>!,:\\-ab01 $", max_size=30))
def test_any_text_is_a_path_or_refused(text: str) -> None:
    try:
        path = JsonPath(text)
    except BadPath:
        return
    assert isinstance(path.find(POD), list)
