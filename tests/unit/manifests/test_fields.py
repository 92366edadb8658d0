"""Naming, finding and showing fields of objects."""

from __future__ import annotations

from typing import Any

import pytest

from cdkit_manifests.fields import Field, FieldPath, resolve, shown

OBJECT: dict[str, Any] = {
    "kind": "Pod",
    "metadata": {"name": "hello", "labels": {"app.kubernetes.io/name": "hello"}},
    "spec": {"containers": [{"name": "side"}, {"name": "hello", "ports": [{"containerPort": 80}]}]},
}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ((), ()),
        (("spec", "containers", 0, "name"), ("spec", "containers", 0, "name")),
        (("spec", "containers", "hello", "ports", 0), ("spec", "containers", 1, "ports", 0)),
        (("spec", "containers", "nobody"), None),
        (("spec", "containers", 2), None),
        (("spec", "volumes"), None),
        (("metadata", "name", "x"), None),
    ],
)
def test_an_element_is_found_by_its_index_or_its_name(path: FieldPath, found: FieldPath | None) -> None:
    assert resolve(OBJECT, path) == found


def test_a_field_is_shown_as_people_write_it() -> None:
    assert shown(("spec", "containers", 0, "ports", "http")) == "spec.containers[0].ports.http"
    assert shown(("metadata", "labels", "app.kubernetes.io/name")) == "metadata.labels['app.kubernetes.io/name']"
    assert str(Field.of(OBJECT, ("spec", "containers"))) == "Pod hello, spec.containers"
    assert str(Field.of(OBJECT)) == "Pod hello"
