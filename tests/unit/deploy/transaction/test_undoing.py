"""A deployment that fails goes back to the last verified revision, whole; what it created is removed."""

from __future__ import annotations

import pytest

from cdkit.errors import RequestRejected, RollbackFailed, RolledBack
from cdkit.models.kube import Manifest, ObjectQuery, ObjectRef
from cdkit.testing import FakeCluster

from .shop import NAMESPACE, Shop, config_map, deployment, secret, service

FIRST = (config_map("settings", a="1"), config_map("old", x="y"), secret("login", password="one-secret"), service(80))


def test_everything_of_the_last_revision_is_restored(shop: Shop) -> None:
    assert shop.deploy(*FIRST, deployment("good:1")).error is None
    failed = shop.deploy(
        config_map("settings", a="2", b="new"), config_map("new"), secret("login", password="two-secret"), service(81),
        deployment("bad"),
    )  # fmt: skip
    assert isinstance(failed.error, RolledBack)
    assert "revision 1 is running" in failed.error.message
    assert failed.error.cause == "progress-deadline"
    assert shop.data("settings") == {"a": "1"}
    assert shop.data("old") == {"x": "y"}
    assert shop.secret("login") == {"password": "one-secret"}
    assert shop.live("Service", "web")["spec"]["ports"] == [{"port": 80}]
    assert shop.image == "good:1"
    assert shop.get("ConfigMap", "new") is None
    assert shop.verdicts == ["verified", "rolled-back"]


def test_what_was_pruned_comes_back(shop: Shop) -> None:
    """What goes wrong after the first object was removed brings it back."""
    shop.deploy(config_map("a", x="1"), config_map("b", x="1"))

    def refuse(ref: ObjectRef, **_: object) -> bool:
        if ref.name == "b":
            raise RequestRejected("b is held.")
        return removed(ref)

    removed, shop.cluster.delete = shop.cluster.delete, refuse  # type: ignore[method-assign]
    failed = shop.deploy(service(80))
    assert isinstance(failed.error, RolledBack)
    assert "ConfigMap b could not be removed: b is held." in failed.error.message
    assert shop.data("a") == shop.data("b") == {"x": "1"}
    assert shop.get("Service", "web") is None


def test_the_last_verified_revision_counts_and_not_what_a_failed_one_left(shop: Shop) -> None:
    shop.deploy(config_map("settings", a="1"), deployment("good:1"))
    left = shop.deploy(config_map("settings", a="2"), config_map("new"), deployment("bad"), on_failure="leave")
    assert isinstance(left.error, RollbackFailed)
    assert "left as it is" in left.error.message
    assert (shop.image, shop.data("settings")) == ("bad", {"a": "2"})
    failed = shop.deploy(config_map("settings", a="3"), deployment("worse"))
    assert isinstance(failed.error, RolledBack)
    assert (shop.image, shop.data("settings")) == ("good:1", {"a": "1"})
    assert shop.get("ConfigMap", "new") is None
    assert shop.verdicts == ["verified", "superseded", "rolled-back"]


def test_what_somebody_else_made_becomes_as_it_was(shop: Shop) -> None:
    theirs = config_map("settings", a="theirs", b="2")
    theirs["metadata"] |= {"namespace": NAMESPACE, "labels": {"team": "web"}}
    shop.cluster.put(theirs)
    failed = shop.deploy(config_map("settings", a="ours", c="3"), deployment("bad"), conflicts="force")
    assert isinstance(failed.error, RolledBack)
    live = shop.live("ConfigMap", "settings")
    assert live["data"] == {"a": "theirs", "b": "2"}
    assert live["metadata"]["labels"] == {"team": "web"}
    assert not live["metadata"].get("annotations")


def test_what_belongs_to_somebody_else_by_now_is_not_taken_back(shop: Shop) -> None:
    shop.deploy(config_map("shared", a="1"), deployment("good:1"))
    theirs = {"metadata": {"annotations": {"cdkit.dev/owner": "other/live/apply"}}, "data": {"a": "theirs"}}
    shop.cluster.patch(ObjectRef("v1", "ConfigMap", "shared", NAMESPACE), theirs, "merge")
    assert isinstance(shop.deploy(deployment("bad")).error, RolledBack)
    assert shop.data("shared") == {"a": "theirs"}


def test_what_may_not_be_watched_is_taken_back(shop: Shop) -> None:
    shop.cluster.deny("watch", "replicasets")
    failed = shop.deploy(config_map("settings", a="1"), deployment("good:1"))
    assert isinstance(failed.error, RolledBack)
    assert "What becomes of it cannot be seen: Not allowed to watch ReplicaSet" in failed.error.message
    assert shop.get("Deployment", "web", "apps/v1") is None
    assert shop.get("ConfigMap", "settings") is None


@pytest.mark.parametrize("was_there", [False, True])
def test_what_somebody_else_takes_over_while_a_deployment_fails_stays_his(shop: Shop, was_there: bool) -> None:
    shared = ObjectRef("v1", "ConfigMap", "shared", NAMESPACE)
    if was_there:
        shop.cluster.create(
            config_map("shared", a="at first") | {"metadata": {"name": "shared", "namespace": NAMESPACE}}
        )

    def take_over(cluster: FakeCluster, _: Manifest) -> None:
        theirs = {"metadata": {"annotations": {"cdkit.dev/owner": "other/live/apply"}}, "data": {"a": "theirs"}}
        cluster.patch(shared, theirs, "merge")

    shop.cluster.react("Deployment", take_over)
    failed = shop.deploy(config_map("shared", a="ours"), deployment("bad"), conflicts="force")
    assert isinstance(failed.error, RolledBack)
    assert shop.data("shared") == {"a": "theirs"}


def test_a_first_deployment_is_removed(shop: Shop) -> None:
    failed = shop.deploy(*FIRST, deployment("bad"))
    assert isinstance(failed.error, RolledBack)
    assert "What was created has been removed" in failed.error.message
    for kind, name in (("ConfigMap", "settings"), ("ConfigMap", "old"), ("Secret", "login"), ("Service", "web")):
        assert shop.get(kind, name) is None
    assert shop.verdicts == ["rolled-back"]


def test_what_was_well_and_is_not_changed_is_not_undone(shop: Shop) -> None:
    shop.deploy(deployment("good:1"))
    shop.cluster.put_status(ObjectRef("apps/v1", "Deployment", "web", NAMESPACE), {"observedGeneration": 1})
    failed = shop.deploy(deployment("good:1"), wait="1s")
    assert failed.error is not None
    assert failed.error.exit_code == 4
    assert "Nothing was changed: it was like this before." in failed.error.message
    assert shop.verdicts == ["verified"]


def test_evidence_is_gathered_before_anything_is_put_back(shop: Shop) -> None:
    shop.deploy(deployment("good:1"))
    shop.cluster.requests.clear()
    failed = shop.deploy(deployment("bad"))
    assert isinstance(failed.error, RolledBack)
    assert failed.error.evidence
    applied = [line for line in failed.lines if line.startswith("Deployment web")]
    assert applied[0] == "Deployment web was changed"
    assert applied[1] == "Deployment web was put back to revision 1"


def test_a_job_that_has_done_its_work_is_not_done_again(shop: Shop) -> None:
    def completes(cluster: FakeCluster, job: Manifest) -> None:
        cluster.put_status(ObjectRef.of(job), {"conditions": [{"type": "Complete", "status": "True"}], "succeeded": 1})

    shop.cluster.react("Job", completes)
    job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "migrate"}, "spec": {"template": {}}}
    assert shop.deploy(job, deployment("good:1")).error is None
    shop.cluster.remove(ObjectRef("batch/v1", "Job", "migrate", NAMESPACE))
    assert isinstance(shop.deploy(deployment("bad")).error, RolledBack)
    assert shop.get("Job", "migrate", "batch/v1") is None


@pytest.mark.parametrize("kept", [1, 3])
def test_only_so_many_revisions_are_kept_and_the_last_verified_one_always(shop: Shop, kept: int) -> None:
    for number in range(5):
        shop.deploy(config_map("settings", a=str(number)), secret("login", a=f"secret-{number}"), revisions=kept)
    assert [record.revision for record in shop.records] == list(range(6 - kept, 6))
    for _ in range(kept + 1):
        shop.deploy(config_map("settings", a="x"), deployment("bad"), revisions=kept)
    assert shop.records[0].revision == 5
    assert shop.records[0].verdict == "verified"
    copies, _ = shop.cluster.list(secret_copies())
    assert {item["metadata"]["labels"]["cdkit.dev/revision"] for item in copies} <= {
        str(record.revision) for record in shop.records
    }


def secret_copies() -> ObjectQuery:
    return ObjectQuery("v1", "Secret", NAMESPACE, "cdkit.dev/record=secret-copy")
