"""Showing fields of objects."""

from __future__ import annotations

from cdkit_manifests.fields import Field, shown


def test_a_field_is_shown_as_people_write_it() -> None:
    assert shown(("spec", "containers", "[web]", "ports", "[80]")) == "spec.containers[web].ports[80]"
    assert shown(("metadata", "labels", "app.kubernetes.io/name")) == "metadata.labels['app.kubernetes.io/name']"
    assert str(Field("Pod", "hello", ("spec", "containers"))) == "Pod hello, spec.containers"
    assert str(Field("Pod", "hello")) == "Pod hello"


def test_a_field_with_a_strange_name_is_shown_on_one_line() -> None:
    assert shown(("data", "a\nb", "[c\x1b]")) == r"data['a\nb']['[c\x1b]']"
