"""What applying would do to each object, and what of it may be shown."""

from __future__ import annotations

import base64
from typing import Any

import msgspec
import pytest

from cdkit.errors import ClusterUnreachable, RequestRejected
from cdkit.models.change import Change, FieldChange
from cdkit.models.kube import FieldRefusal, Manifest
from cdkit.testing import FakeCluster
from cdkit_deploy.difference.objects import ApplyPolicy, planned_changes


def config_map(name: str = "settings", namespace: str = "team", **data: str) -> Manifest:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": namespace}, "data": data}


def secret(name: str = "login", **fields: Any) -> Manifest:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": "team"}, **fields}


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.fixture
def cluster() -> FakeCluster:
    return FakeCluster("team")


def planned(cluster: FakeCluster, *objects: Manifest, policy: ApplyPolicy | None = None) -> list[Change]:
    return planned_changes(cluster, objects, policy)


def test_each_object_is_told_in_the_order_of_the_manifests(cluster: FakeCluster) -> None:
    cluster.apply(config_map("same", a="1"))
    cluster.apply(config_map("other", a="1", b="1"))
    found = planned(cluster, config_map("other", a="2"), config_map("new", a="1"), config_map("same", a="1"))
    assert [(change.action, change.subject) for change in found] == [
        ("update", "ConfigMap other"),
        ("create", "ConfigMap new"),
        ("keep", "ConfigMap same"),
    ]
    assert found[0].fields == (FieldChange("data.a", "1", "2"), FieldChange("data.b", before="1"))


def test_a_plan_changes_nothing(cluster: FakeCluster) -> None:
    cluster.apply(config_map(a="1"))
    planned(cluster, config_map(a="2"), config_map("new"))
    assert {request.split()[0] for request in cluster.requests} == {"apply", "get"}
    (kept,) = planned(cluster, config_map(a="1"))
    assert kept.action == "keep"


def test_what_the_server_and_kubectl_note_for_themselves_is_no_difference(cluster: FakeCluster) -> None:
    live = config_map(a="1")
    live["metadata"]["annotations"] = {"kubectl.kubernetes.io/last-applied-configuration": "{}", "team": "web"}
    cluster.put(live)
    (change,) = planned(cluster, config_map(a="1"))
    assert change.action == "keep"


def test_a_secret_shows_which_of_its_values_change_and_none_of_them(cluster: FakeCluster) -> None:
    cluster.apply(secret(data={"password": encoded("hunter2"), "user": encoded("admin")}))
    (change,) = planned(cluster, secret(data={"password": encoded("swordfish"), "user": encoded("admin")}))
    (field,) = change.fields
    assert field.path == "data.password"
    assert field.before.startswith("*** ")
    assert field.after.startswith("*** ")
    assert field.before != field.after


@pytest.mark.parametrize("misspelt", ["stringData", "stringdata", "Data"])
def test_no_value_of_a_secret_is_shown_wherever_it_stands(cluster: FakeCluster, misspelt: str) -> None:
    cluster.put(secret(data={"password": encoded("hunter2")}))
    cluster.put(secret("whole", data="hunter2"))
    found = planned(cluster, secret(**{misspelt: {"password": "swordfish"}}), secret("whole", data="swordfish"))
    shown = msgspec.json.encode(found).decode()
    for value in ("hunter2", "swordfish"):
        assert value not in shown
        assert encoded(value) not in shown


def test_the_mark_of_a_value_is_another_one_in_the_next_plan(cluster: FakeCluster) -> None:
    cluster.apply(secret(data={"password": encoded("hunter2")}))
    wanted = secret(data={"password": encoded("swordfish")})
    (first,), (second,) = planned(cluster, wanted), planned(cluster, wanted)
    assert first.fields[0].after != second.fields[0].after


def test_an_object_whose_namespace_comes_with_it_is_created(cluster: FakeCluster) -> None:
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "new"}}
    changes = planned(cluster, namespace, config_map(namespace="new"))
    assert [change.action for change in changes] == ["create", "create"]
    assert changes[1].reason == "the namespace 'new' comes with it, so that the server could not be asked"


def test_an_object_whose_definition_comes_with_it_is_created(cluster: FakeCluster) -> None:
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "backups.example.com"},
        "spec": {"group": "example.com", "names": {"kind": "Backup"}},
    }
    backup = {"apiVersion": "example.com/v1", "kind": "Backup", "metadata": {"name": "daily", "namespace": "team"}}
    changes = planned(cluster, definition, backup)
    assert [change.action for change in changes] == ["create", "create"]
    assert changes[1].reason.startswith("the definition of Backup comes with it")
    assert planned(cluster, backup)[0].action == "refused"


def test_an_object_in_a_namespace_that_nobody_makes_would_be_refused(cluster: FakeCluster) -> None:
    (change,) = planned(cluster, config_map(namespace="nowhere"))
    assert change.action == "refused"
    assert "the namespace nowhere does not exist" in change.reason


def test_fields_of_others_are_told_one_by_one(cluster: FakeCluster) -> None:
    cluster.put(config_map(a="theirs", b="theirs"))
    (change,) = planned(cluster, config_map(a="ours"))
    assert change.action == "refused"
    assert change.details == ('data.a belongs to \'test\': it is "theirs", and we want "ours".',)
    (change,) = planned(cluster, config_map(a="ours"), policy=ApplyPolicy(take_over=True))
    assert change.fields == (FieldChange("data.a", "theirs", "ours"),)


def test_what_we_changed_ourselves_by_a_patch_is_no_conflict(cluster: FakeCluster) -> None:
    cluster.create(config_map(a="ours"))
    (change,) = planned(cluster, config_map(a="again"))
    assert change.fields == (FieldChange("data.a", "ours", "again"),)


class Immutable(FakeCluster):
    """Refuses every dry run as a server does when a field cannot be changed."""

    def apply(self, manifest: Manifest, *, dry_run: bool = False, force: bool = True) -> Manifest:
        if dry_run:
            said = FieldRefusal("data", "FieldValueForbidden", "Forbidden: field is immutable when `immutable` is set")
            raise RequestRejected("The cluster refuses it.", fields=[said])
        return super().apply(manifest, dry_run=dry_run, force=force)


def test_a_field_that_cannot_change_is_named_and_can_be_had_by_recreating() -> None:
    cluster = Immutable("team")
    cluster.apply(config_map(a="1"))
    (refused,) = planned(cluster, config_map(a="2"))
    assert refused.action == "refused"
    assert 'data.a is "1" and would be "2"' in refused.reason
    (replaced,) = planned(cluster, config_map(a="2"), policy=ApplyPolicy(recreate=True))
    assert (replaced.action, replaced.fields) == ("replace", (FieldChange("data.a", "1", "2"),))


def test_an_account_that_may_not_try_leaves_it_unknown(cluster: FakeCluster) -> None:
    cluster.deny("patch", "configmaps")
    (change,) = planned(cluster, config_map(a="1"))
    assert change.action == "unknown"
    assert "cannot patch" in change.reason


def test_a_server_that_is_away_is_an_outage(cluster: FakeCluster) -> None:
    cluster.go_away()
    with pytest.raises(ClusterUnreachable):
        planned(cluster, config_map(a="1"))
