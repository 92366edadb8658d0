"""An object remembers what cdkit applied. The objects were recorded from a Kubernetes 1.20 API server."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cdkit.api import ObjectRef
from cdkit.testing import FakeCluster
from cdkit_deploy.managed_fields import applied_by_us, is_applied
from cdkit_deploy.undo import Before, put_back, remember

RECORDED = Path(__file__).parent / "recorded"


def recorded(name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What was applied, and the object as the server shows it after somebody else changed it too."""
    document = json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8"))
    return document["applied"], document["live"]


def without_empty(value: Any) -> Any:
    """The server remembers no field for an empty mapping: it says nothing."""
    if isinstance(value, dict):
        return {key: without_empty(item) for key, item in value.items() if item != {}}
    return [without_empty(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("name", ["deployment", "service", "config-map"])
def test_what_was_applied_is_found_again_and_nothing_of_anybody_else(name: str) -> None:
    applied, live = recorded(name)
    found = applied_by_us(live)
    assert found
    assert found["metadata"].pop("namespace") == "cdkit-managed-fields"
    assert found == without_empty(applied)


def test_the_changes_of_others_are_in_the_object_and_not_in_what_we_applied() -> None:
    _, live = recorded("deployment")
    found = applied_by_us(live)
    assert found
    names = [item["name"] for item in live["spec"]["template"]["spec"]["containers"]]
    assert sorted(names) == ["hello", "proxy"]
    assert [item["name"] for item in found["spec"]["template"]["spec"]["containers"]] == ["hello"]
    assert live["metadata"]["annotations"]["team"] == "web"
    assert "team" not in found["metadata"]["annotations"]


def test_of_a_set_of_values_only_our_own_are_ours() -> None:
    _, live = recorded("config-map")
    found = applied_by_us(live)
    assert found
    assert live["metadata"]["finalizers"] == ["example.org/keep", "example.org/other"]
    assert found["metadata"]["finalizers"] == ["example.org/keep"]
    assert found["data"] == {"a": "1", "b": "2"}


def test_an_object_of_somebody_else_was_never_applied_by_us() -> None:
    _, live = recorded("deployment")
    others = [entry for entry in live["metadata"]["managedFields"] if entry["manager"] != "cdkit"]
    assert applied_by_us({**live, "metadata": {**live["metadata"], "managedFields": others}}) is None
    assert applied_by_us({"metadata": {"name": "x"}}) is None


def test_a_field_that_is_gone_since_is_not_applied_again() -> None:
    _, live = recorded("config-map")
    found = applied_by_us({**live, "data": {"a": "1"}})
    assert found
    assert found["data"] == {"a": "1"}


def config_map(**data: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "settings", "namespace": "default"},
        "data": data,
    }


REF = ObjectRef("v1", "ConfigMap", "settings", "default")


def test_what_was_not_there_before_is_removed() -> None:
    cluster = FakeCluster()
    before = remember(cluster, REF)
    cluster.apply(config_map(a="1"))
    assert put_back(cluster, before) == "ConfigMap settings was removed: there was none before"
    assert cluster.get(REF) is None


def test_what_we_applied_before_is_applied_again_and_what_the_failed_one_brought_is_gone() -> None:
    cluster = FakeCluster()
    cluster.apply(config_map(a="1", b="2"))
    before = remember(cluster, REF)
    cluster.apply(config_map(a="9", c="3"))
    assert put_back(cluster, before) == "ConfigMap settings was put back"
    live = cluster.get(REF)
    assert live
    assert live["data"] == {"a": "1", "b": "2"}


def test_what_somebody_else_made_gets_its_old_fields_back() -> None:
    cluster = FakeCluster()
    cluster.create({**config_map(a="1"), "metadata": {**config_map()["metadata"], "labels": {"team": "web"}}})
    before = Before(REF, cluster.get(REF))
    cluster.apply({**config_map(a="9", c="3"), "metadata": {**config_map()["metadata"], "labels": {"by": "us"}}})
    put_back(cluster, before)
    live = cluster.get(REF)
    assert live
    assert (live["data"], live["metadata"]["labels"]) == ({"a": "1"}, {"team": "web"})


def placed(applied: dict[str, Any]) -> dict[str, Any]:
    return {**applied, "metadata": {**applied["metadata"], "namespace": "cdkit-managed-fields"}}


@pytest.mark.parametrize("name", ["deployment", "service", "config-map"])
def test_what_was_applied_need_not_be_applied_again(name: str) -> None:
    applied, live = recorded(name)
    assert is_applied(live, placed(applied))


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths of all plain values in a manifest."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    yield from (deeper for key, item in items for deeper in leaves(item, (*path, key)))
    if not isinstance(value, dict | list):
        yield path


def changed(manifest: dict[str, Any], path: tuple[Any, ...], change: Callable[[Any, Any], None]) -> dict[str, Any]:
    copied: dict[str, Any] = copy.deepcopy(manifest)
    place: Any = copied
    for key in path[:-1]:
        place = place[key]
    change(place, path[-1])
    return copied


def other_value(place: Any, key: Any) -> None:
    place[key] = f"{place[key]}-other"


def no_value(place: Any, key: Any) -> None:
    del place[key]


@pytest.mark.parametrize("name", ["deployment", "service", "config-map"])
@pytest.mark.parametrize("change", [other_value, no_value])
def test_any_field_that_differs_is_noticed(name: str, change: Callable[[Any, Any], None]) -> None:
    applied, live = recorded(name)
    own = [path for path in leaves(applied) if path[0] != "kind" and path[:2] != ("metadata", "name")]
    for path in own:
        if path != ("apiVersion",) or change is other_value:
            assert not is_applied(live, changed(placed(applied), path, change)), path


def test_a_further_field_or_item_is_noticed() -> None:
    applied, live = recorded("deployment")
    more = placed(applied)
    assert not is_applied(live, {**more, "spec": {**more["spec"], "paused": True}})
    containers = more["spec"]["template"]["spec"]["containers"]
    grown = changed(
        more, ("spec", "template", "spec", "containers"), lambda place, key: place[key].append({"name": "x"})
    )
    assert not is_applied(live, grown)
    assert len(containers) == 1


def test_what_somebody_else_changed_of_ours_is_noticed() -> None:
    applied, live = recorded("config-map")
    assert not is_applied({**live, "data": {**live["data"], "a": "other"}}, placed(applied))


def test_what_cdkit_changed_by_a_patch_is_left_to_the_server() -> None:
    applied, live = recorded("config-map")
    entries = [*live["metadata"]["managedFields"], {"manager": "cdkit", "operation": "Update", "apiVersion": "v1"}]
    assert not is_applied({**live, "metadata": {**live["metadata"], "managedFields": entries}}, placed(applied))


def test_a_default_of_a_key_that_was_never_applied_may_be_left_out() -> None:
    applied, live = recorded("service")
    ports = [{name: value for name, value in port.items() if name != "protocol"} for port in applied["spec"]["ports"]]
    without = {**placed(applied), "spec": {**applied["spec"], "ports": ports}}
    assert not is_applied(live, without)
    (entry,) = [entry for entry in live["metadata"]["managedFields"] if entry["manager"] == "cdkit"]
    for fields in entry["fieldsV1"]["f:spec"]["f:ports"].values():
        fields.pop("f:protocol")
    assert is_applied(live, without)
