"""Names and labels are those that Kubernetes takes."""

from __future__ import annotations

import pytest

from cdkit_manifests.names import label_value, object_name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Hello_World.App", "hello-world-app"),
        ("  --x--  ", "x"),
        ("2048", "app-2048"),
        ("a" * 62 + "-b", "a" * 62),
        ("9" * 80, "app-" + "9" * 59),
        ("é!", ""),
    ],
)
def test_a_name_is_one_that_kubernetes_takes(text: str, name: str) -> None:
    assert object_name(text) == name


@pytest.mark.parametrize(
    ("text", "value"), [("1.2.3+local", "1.2.3-local"), ("-_.a.", "a"), ("x" * 70, "x" * 63), ("+", "")]
)
def test_a_labels_value_is_one_that_kubernetes_takes(text: str, value: str) -> None:
    assert label_value(text) == value
