from __future__ import annotations

from typing import Any

import pytest

from cdkit.testing.patches import PatchFailed, json_patch, merge_patch, strategic_patch


@pytest.mark.parametrize(
    ("target", "patch", "result"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b", "c": "d"}, {"a": None}, {"c": "d"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_merge_patches_are_those_of_the_standard(target: Any, patch: Any, result: Any) -> None:
    assert merge_patch(target, patch) == result


def test_a_strategic_patch_merges_items_by_their_key() -> None:
    live = {"containers": [{"name": "web", "image": "web:1", "ports": [{"containerPort": 80}]}, {"name": "log"}]}
    patch = {"containers": [{"name": "web", "image": "web:2", "ports": [{"containerPort": 81}]}]}
    assert strategic_patch(live, patch) == {
        "containers": [
            {"name": "web", "image": "web:2", "ports": [{"containerPort": 80}, {"containerPort": 81}]},
            {"name": "log"},
        ]
    }


def test_a_strategic_patch_can_take_an_item_out() -> None:
    live = {"containers": [{"name": "web"}, {"name": "log"}]}
    assert strategic_patch(live, {"containers": [{"name": "log", "$patch": "delete"}]}) == {
        "containers": [{"name": "web"}]
    }


def test_a_json_patch_reaches_into_lists() -> None:
    patch = [
        {"op": "add", "path": "/a/0", "value": 0},
        {"op": "add", "path": "/a/-", "value": 2},
        {"op": "replace", "path": "/a/1", "value": 9},
    ]
    assert json_patch({"a": [1]}, patch) == {"a": [0, 9, 2]}


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "remove", "path": "/nothing"},
        {"op": "replace", "path": "/nothing", "value": 1},
        {"op": "add", "path": "/nothing/below", "value": 1},
        {"op": "test", "path": "/a", "value": 2},
        {"op": "remove", "path": "/list/7"},
    ],
)
def test_a_json_patch_of_what_is_not_there_fails_and_changes_nothing(operation: dict[str, Any]) -> None:
    target = {"a": 1, "list": []}
    with pytest.raises(PatchFailed):
        json_patch(target, [{"op": "replace", "path": "/a", "value": 1}, operation])
    assert target == {"a": 1, "list": []}
