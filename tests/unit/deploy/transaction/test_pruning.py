"""What an earlier deployment made and this one no longer has is removed; nothing else ever is."""

from __future__ import annotations

import pytest

from cdkit.models.kube import Manifest, ObjectRef
from cdkit_deploy.apply import Apply
from cdkit_deploy.prepare import OWNER

from .shop import NAMESPACE, Shop, an_object, annotated, config_map, deployment, service

CLAIM = an_object("PersistentVolumeClaim", "data", spec={"accessModes": ["ReadWriteOnce"]})


def bound(shop: Shop) -> None:
    shop.cluster.react(
        "PersistentVolumeClaim", lambda cluster, claim: cluster.put_status(ObjectRef.of(claim), {"phase": "Bound"})
    )


def test_what_is_no_longer_wanted_is_removed_and_what_was_never_ours_stays(shop: Shop) -> None:
    shop.cluster.put(placed(config_map("theirs")))
    shop.deploy(config_map("one"), config_map("two"), service(80))
    again = shop.deploy(config_map("one"))
    assert again.error is None
    assert "ConfigMap two was removed" in again.lines
    assert (shop.get("ConfigMap", "two"), shop.get("Service", "web")) == (None, None)
    assert shop.get("ConfigMap", "one")
    assert shop.get("ConfigMap", "theirs")


def test_what_others_refer_to_is_removed_last(shop: Shop) -> None:
    shop.deploy(config_map("settings"), deployment("good"), service(80), config_map("one"))
    again = shop.deploy(config_map("one"))
    assert [line for line in again.lines if line.endswith("removed")] == [
        "Deployment web was removed",
        "Service web was removed",
        "ConfigMap settings was removed",
    ]


def test_a_claim_and_a_namespace_stay_unless_their_removal_is_asked_for(shop: Shop) -> None:
    bound(shop)
    space = an_object("Namespace", "extra")
    shop.deploy(CLAIM, space, config_map("one"))
    kept = shop.deploy(config_map("one"))
    assert shop.get("PersistentVolumeClaim", "data")
    assert shop.cluster.get(ObjectRef("v1", "Namespace", "extra"))
    assert any(line.startswith("PersistentVolumeClaim data stays: ") for line in kept.lines)
    shop.deploy(config_map("one", a="2"), prune_protected=True)
    assert shop.get("PersistentVolumeClaim", "data") is None
    assert shop.cluster.get(ObjectRef("v1", "Namespace", "extra")) is None


def test_annotations_decide_for_a_single_object(shop: Shop) -> None:
    bound(shop)
    shop.deploy(annotated(config_map("precious"), prune="never"), annotated(CLAIM, prune="always"), config_map("one"))
    shop.deploy(config_map("one"))
    assert shop.get("ConfigMap", "precious")
    assert shop.get("PersistentVolumeClaim", "data") is None


def test_what_is_outside_of_the_namespace_stays(shop: Shop) -> None:
    shop.cluster.put(an_object("Namespace", "elsewhere"))
    role = an_object("ClusterRole", "reader", "rbac.authorization.k8s.io/v1", rules=[])
    far = config_map("far")
    far["metadata"]["namespace"] = "elsewhere"
    shop.deploy(role, far, config_map("one"))
    shop.deploy(config_map("one"))
    assert shop.cluster.get(ObjectRef("rbac.authorization.k8s.io/v1", "ClusterRole", "reader"))
    assert shop.cluster.get(ObjectRef("v1", "ConfigMap", "far", "elsewhere"))


def test_nothing_is_removed_when_pruning_is_off_and_it_is_when_it_is_on_again(shop: Shop) -> None:
    shop.deploy(config_map("one"), config_map("two"))
    shop.deploy(config_map("one", a="2"), prune="off")
    assert shop.get("ConfigMap", "two")
    shop.deploy(config_map("one", a="3"))
    assert shop.get("ConfigMap", "two") is None


@pytest.mark.parametrize(
    ("change", "who"),
    [
        ({"metadata": {"annotations": {OWNER: "other/live/apply"}}}, "the deployment other/live/apply has it now"),
        ({"metadata": {"annotations": {OWNER: None}}}, "somebody else has it now"),
        ({"metadata": {"labels": {"app.kubernetes.io/managed-by": "Helm"}}}, "Helm has it now"),
    ],
)
def test_what_belongs_to_somebody_else_by_now_stays(shop: Shop, change: Manifest, who: str) -> None:
    shop.deploy(config_map("one"), config_map("two"))
    shop.cluster.patch(ObjectRef("v1", "ConfigMap", "two", NAMESPACE), change, "merge")
    again = shop.deploy(config_map("one"))
    assert shop.get("ConfigMap", "two")
    assert f"ConfigMap two stays: {who}." in again.lines


def test_another_step_of_the_pipeline_has_an_inventory_of_its_own(shop: Shop) -> None:
    class Second(Apply):
        name = "second"

    shop.deploy(config_map("one"))
    (shop.folder / "second.yaml").write_text("{apiVersion: v1, kind: ConfigMap, metadata: {name: two}}")
    assert shop.run(Second, {"manifests": "second.yaml"}).error is None
    assert shop.deploy(config_map("one", a="2")).error is None
    assert shop.get("ConfigMap", "one")
    assert shop.get("ConfigMap", "two")
    assert [(record.revision, record.step) for record in shop.records] == [(1, "apply"), (2, "second"), (3, "apply")]


def test_a_label_of_the_users_own_stays(shop: Shop) -> None:
    mine = config_map("one")
    mine["metadata"]["labels"] = {"app.kubernetes.io/managed-by": "me"}
    shop.deploy(mine, config_map("two"))
    assert shop.live("ConfigMap", "one")["metadata"]["labels"] == {"app.kubernetes.io/managed-by": "me"}
    assert shop.live("ConfigMap", "two")["metadata"]["labels"] == {"app.kubernetes.io/managed-by": "cdkit"}
    shop.deploy(config_map("two"))
    assert shop.get("ConfigMap", "one") is None


def test_what_would_be_removed_is_planned(shop: Shop) -> None:
    shop.deploy(config_map("one"), config_map("two"))
    planned = shop.deploy(config_map("one"))
    assert [(change.action, change.subject) for change in planned.changes] == [
        ("keep", "ConfigMap one"),
        ("delete", "ConfigMap two"),
    ]


def placed(manifest: Manifest) -> Manifest:
    return manifest | {"metadata": manifest["metadata"] | {"namespace": NAMESPACE}}
