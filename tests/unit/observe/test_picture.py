from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cdkit.observe.picture import Picture, is_newer
from tests.unit.observe.scripted import change, pod


def names(picture: Picture) -> list[str]:
    return [item["metadata"]["name"] for item in picture.objects]


def versions(picture: Picture) -> list[str]:
    return [item["metadata"]["resourceVersion"] for item in picture.objects]


@pytest.mark.parametrize(
    ("version", "than", "expected"),
    [("10", "9", True), ("9", "10", False), ("9", "9", False), ("b", "a", True), ("a", "b", True), ("a", "a", False)],
)
def test_numbers_are_ordered_and_other_versions_are_only_different(version: str, than: str, expected: bool) -> None:
    assert is_newer(version, than) is expected


def test_objects_come_change_and_go() -> None:
    picture = Picture()
    assert picture.apply(change("ADDED", pod("a", "1")))
    assert picture.apply(change("MODIFIED", pod("a", "2")))
    assert versions(picture) == ["2"]
    assert picture.apply(change("DELETED", pod("a", "3")))
    assert names(picture) == []


@pytest.mark.parametrize("version", ["8", "9"])
def test_a_late_or_repeated_change_changes_nothing(version: str) -> None:
    picture = Picture()
    picture.replace([pod("a", "9", phase="Running")], "9")
    assert not picture.apply(change("MODIFIED", pod("a", version, phase="Pending")))
    assert picture.objects[0]["status"] == {"phase": "Running"}


def test_a_deleted_object_is_not_brought_back_by_a_late_change() -> None:
    picture = Picture()
    picture.replace([pod("a", "1")], "1")
    picture.apply(change("DELETED", pod("a", "5")))
    assert not picture.apply(change("MODIFIED", pod("a", "4")))
    assert names(picture) == []


def test_a_late_deletion_does_not_take_away_what_came_back() -> None:
    picture = Picture()
    picture.replace([pod("a", "7")], "7")
    assert not picture.apply(change("DELETED", pod("a", "5")))
    assert names(picture) == ["a"]


def test_an_object_that_left_the_selector_may_come_back() -> None:
    picture = Picture()
    picture.replace([pod("a", "1")], "1")
    picture.apply(change("DELETED", pod("a", "5")))
    assert picture.apply(change("ADDED", pod("a", "6")))


def test_an_object_of_the_same_name_is_another_one() -> None:
    picture = Picture()
    picture.replace([pod("a", "7", uid="first")], "7")
    picture.apply(change("ADDED", pod("a", "9", uid="second")))
    assert picture.apply(change("DELETED", pod("a", "8", uid="first")))
    assert versions(picture) == ["9"]


def test_a_list_takes_away_what_it_does_not_hold() -> None:
    picture = Picture()
    picture.replace([pod("a", "1"), pod("b", "2")], "2")
    assert picture.replace([pod("b", "2")], "5")
    assert names(picture) == ["b"]


def test_what_a_list_took_away_is_not_brought_back_by_a_late_change() -> None:
    picture = Picture()
    picture.replace([pod("a", "1")], "2")
    picture.replace([], "9")
    assert not picture.apply(change("MODIFIED", pod("a", "5")))
    assert names(picture) == []


def test_a_list_that_tells_nothing_new_changes_nothing() -> None:
    picture = Picture()
    picture.replace([pod("a", "1")], "2")
    assert not picture.replace([pod("a", "1")], "9")


def test_a_list_of_a_server_that_lags_behind_changes_nothing() -> None:
    picture = Picture()
    picture.replace([pod("a", "5")], "5")
    picture.apply(change("ADDED", pod("b", "8")))
    assert not picture.replace([pod("a", "3")], "6")
    assert versions(picture) == ["5", "8"]


def test_a_list_whose_versions_are_no_numbers_is_believed() -> None:
    picture = Picture()
    picture.replace([pod("a", "x1"), pod("b", "x2")], "x2")
    assert picture.replace([pod("a", "x3")], "x3")
    assert versions(picture) == ["x3"]


def test_a_deletion_without_a_version_of_its_own_is_believed() -> None:
    picture = Picture()
    picture.replace([pod("a", "5")], "5")
    assert picture.apply(change("DELETED", pod("a", "5")))
    assert names(picture) == []


@given(st.data())
def test_in_whatever_order_and_how_often_it_is_told_the_last_version_stands(data: st.DataObject) -> None:
    kinds = data.draw(st.lists(st.sampled_from(["MODIFIED", "DELETED"]), min_size=1, max_size=6))
    history = [change(kind, pod("a", str(version))) for version, kind in enumerate(kinds, start=1)]
    repeated = data.draw(st.lists(st.sampled_from(history), max_size=6))
    picture = Picture()
    for told in data.draw(st.permutations([*history, *repeated])):
        picture.apply(told)
    assert versions(picture) == ([str(len(kinds))] if kinds[-1] == "MODIFIED" else [])
