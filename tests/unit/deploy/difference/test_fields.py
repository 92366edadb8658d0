"""The difference of two objects, field by field."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdkit.models.change import FieldChange
from cdkit_deploy.difference import field_changes


def changes(before: Any, after: Any) -> list[FieldChange]:
    return list(field_changes(before, after))


def test_fields_that_come_go_and_change_are_told_apart() -> None:
    before = {"spec": {"replicas": 2, "paused": True}, "kind": "Deployment"}
    after = {"spec": {"replicas": 3, "minReadySeconds": 5}, "kind": "Deployment"}
    assert changes(before, after) == [
        FieldChange("spec.replicas", 2, 3),
        FieldChange("spec.paused", before=True),
        FieldChange("spec.minReadySeconds", after=5),
    ]


@pytest.mark.parametrize(
    ("before", "after", "path"),
    [
        ([{"name": "web", "image": "a"}], [{"name": "web", "image": "b"}], "[name=web].image"),
        (
            [{"containerPort": 80, "protocol": "TCP", "hostPort": 1}, {"containerPort": 80, "protocol": "UDP"}],
            [{"containerPort": 80, "protocol": "TCP", "hostPort": 2}, {"containerPort": 80, "protocol": "UDP"}],
            "[containerPort=80,protocol=TCP].hostPort",
        ),
        ([{"mountPath": "/a", "name": "x"}, {"mountPath": "/b", "name": "x"}],
         [{"mountPath": "/a", "name": "y"}, {"mountPath": "/b", "name": "x"}], "[mountPath=/a].name"),
        ([{"spec": 1}], [{"spec": 2}], "[0].spec"),
    ],
)  # fmt: skip
def test_items_are_known_by_their_keys(before: Any, after: Any, path: str) -> None:
    assert [change.path for change in changes(before, after)] == [path]


def test_an_item_that_comes_in_the_middle_is_the_only_difference() -> None:
    first, last = {"name": "a", "value": "1"}, {"name": "c", "value": "3"}
    new = {"name": "b", "value": "2"}
    assert changes([first, last], [first, new, last]) == [FieldChange("[name=b]", after=new)]


def test_another_order_of_items_is_a_difference() -> None:
    first, last = {"name": "a"}, {"name": "b"}
    assert changes([first, last], [last, first]) == [
        FieldChange(" (order)", ["[name=a]", "[name=b]"], ["[name=b]", "[name=a]"])
    ]


@pytest.mark.parametrize(("before", "after"), [(["a"], ["b"]), ([{"x": 1}], [{"x": 1}, {"x": 2}]), ([1], {"a": 1})])
def test_what_has_no_keys_is_compared_as_a_whole(before: Any, after: Any) -> None:
    assert changes(before, after) == [FieldChange("", before, after)]


def test_a_name_with_a_dot_stands_in_brackets() -> None:
    before, after = {"labels": {"app.kubernetes.io/name": "a"}}, {"labels": {"app.kubernetes.io/name": "b"}}
    assert changes(before, after) == [FieldChange('labels["app.kubernetes.io/name"]', "a", "b")]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "a", "b.c"]), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(JSON, JSON)
def test_there_is_a_difference_exactly_where_values_differ(before: Any, after: Any) -> None:
    assert bool(changes(before, after)) == (before != after)
    assert not changes(before, before)
