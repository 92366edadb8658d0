"""`set-image` is a deployment like any other: it has a record, and what comes after it starts from there."""

from __future__ import annotations

from typing import Any

import pytest

from cdkit.errors import CheckFailed, ClusterUnreachable, Refused, RequestRejected, RolledBack
from cdkit.models.kube import Manifest, ObjectRef
from cdkit.ports.cluster import PatchKind
from cdkit.testing import FakeCluster, StepRun
from cdkit_deploy.ledger.ledger import Ledger
from cdkit_deploy.ledger.names import Deployment
from cdkit_deploy.ledger.record import Record
from cdkit_deploy.rollback import Rollback
from cdkit_deploy.set_image import SetImage

from .doomed import Doomed, Killed
from .shop import NAMESPACE, Shop, a_controller, config_map, deployment, secret

VIA = "set-image deployment/web"
SETTINGS = config_map("settings", a="1")


def set_image(shop: Shop, image: str, commit: str = "", cluster: Any = None, **options: Any) -> StepRun:
    wanted = {"workload": "web", "image": image, "wait": "5s", "preflight": "off", **options}
    return shop.run(SetImage, wanted, cluster=cluster, commit=commit)


def roll_back(shop: Shop, revision: int = 0) -> StepRun:
    return shop.run(Rollback, {"preflight": "off", **({"revision": revision} if revision else {})})


def recorded_images(shop: Shop, record: Record) -> list[str]:
    contents = Ledger(shop.cluster, NAMESPACE, Deployment("shop", "live")).contents(record)
    return [
        container["image"]
        for item in contents.objects
        if item["kind"] == "Deployment"
        for container in item["spec"]["template"]["spec"]["containers"]
    ]


def deployed(shop: Shop, image: str = "good:1", commit: str = "one") -> None:
    assert shop.deploy(SETTINGS, secret("login", a="one-secret"), deployment(image), commit=commit).error is None


def applied_by_somebody_else(shop: Shop, image: str = "good:1") -> None:
    made = deployment(image)
    shop.cluster.create(made | {"metadata": {"name": "web", "namespace": NAMESPACE}})


def test_it_is_the_next_revision_of_the_inventory_that_has_the_workload(shop: Shop) -> None:
    deployed(shop)
    ended = set_image(shop, "good:2", commit="two")
    assert ended.error is None
    assert ended.outputs.revision == 2
    first, last = shop.records
    assert (last.verdict, last.via, last.commit) == ("verified", VIA, "two")
    assert (last.step, last.inventory) == (first.step, first.inventory)
    assert last.images == ("good:2",)
    assert recorded_images(shop, last) == ["good:2"]
    assert "Revision 2 of shop in live is verified." in ended.lines


def test_a_deployment_that_fails_later_goes_back_to_its_image(shop: Shop) -> None:
    deployed(shop)
    set_image(shop, "good:2")
    failed = shop.deploy(config_map("settings", a="2"), secret("login", a="b-secret"), deployment("bad"))
    assert isinstance(failed.error, RolledBack)
    assert "revision 2 is running" in failed.error.message
    assert shop.image == "good:2"
    assert shop.data("settings") == {"a": "1"}


def test_a_rollback_goes_back_to_the_image_before_it(shop: Shop) -> None:
    deployed(shop)
    set_image(shop, "good:2")
    assert roll_back(shop).error is None
    assert shop.image == "good:1"
    assert roll_back(shop, 2).error is None
    assert shop.image == "good:2"


def test_what_fails_is_recorded_as_rolled_back(shop: Shop) -> None:
    deployed(shop)
    failed = set_image(shop, "bad")
    assert isinstance(failed.error, RolledBack)
    assert shop.image == "good:1"
    assert shop.verdicts == ["verified", "rolled-back"]
    assert "made no progress" in shop.records[-1].cause


def test_the_same_image_makes_no_further_record(shop: Shop) -> None:
    deployed(shop)
    for _ in range(2):
        assert set_image(shop, "good:2", commit="two").outputs.revision == 2
    assert shop.verdicts == ["verified"] * 2
    assert set_image(shop, "good:2", commit="three").outputs.revision == 3, "it is of another commit now"


def test_an_image_that_somebody_has_set_by_hand_becomes_the_recorded_one(shop: Shop) -> None:
    deployed(shop)
    by_hand = {"spec": {"template": {"spec": {"containers": [{"name": "web", "image": "good:2"}]}}}}
    shop.cluster.patch(ObjectRef("apps/v1", "Deployment", "web", NAMESPACE), by_hand, "strategic")
    assert set_image(shop, "good:2", commit="one").outputs.changed is False
    assert recorded_images(shop, shop.records[-1]) == ["good:2"]


def test_an_older_commit_is_refused(shop: Shop) -> None:
    deployed(shop, commit="one")
    set_image(shop, "good:3", commit="three")
    refused = set_image(shop, "good:2", commit="two")
    assert isinstance(refused.error, Refused)
    assert "The commit two is older than three" in refused.error.message
    assert isinstance(shop.deploy(deployment("good:2"), commit="two").error, Refused)
    assert shop.image == "good:3"
    assert set_image(shop, "good:2", commit="two", allow_older=True).error is None


def test_of_a_workload_of_others_the_images_are_recorded(shop: Shop) -> None:
    applied_by_somebody_else(shop)
    assert set_image(shop, "good:3", commit="three").outputs.revision == 1
    (record,) = shop.records
    assert (record.verdict, record.via, record.images) == ("verified", VIA, ("good:3",))
    assert not record.has_manifests
    assert isinstance(set_image(shop, "good:2", commit="two").error, Refused), "the order is kept here too"


def test_a_deployment_of_an_older_commit_does_not_overwrite_an_image_that_a_newer_one_has_set(shop: Shop) -> None:
    applied_by_somebody_else(shop)
    set_image(shop, "good:3", commit="three")
    ours = {"conflicts": "force"}
    refused = shop.deploy(deployment("good:2"), commit="two", **ours)
    assert isinstance(refused.error, Refused)
    assert shop.image == "good:3"
    assert shop.deploy(SETTINGS, commit="two").error is None, "what is about other objects is no matter of order"
    assert shop.deploy(deployment("good:2"), commit="two", allow_older=True, **ours).error is None


def test_a_rollback_to_images_without_manifests_says_what_to_do(shop: Shop) -> None:
    applied_by_somebody_else(shop)
    set_image(shop, "good:2")
    ended = roll_back(shop, 1)
    assert isinstance(ended.error, CheckFailed)
    (problem,) = ended.problems
    assert problem.message == (
        "Revision 1 of shop in live was a set-image deployment/web, of which no deployment has manifests: there is "
        "nothing to deploy again."
    )
    assert problem.remedy == "Set the image again that it ran then: good:2"


def test_a_rollback_without_a_number_passes_over_images_without_manifests(shop: Shop) -> None:
    assert shop.deploy(SETTINGS).error is None
    assert shop.deploy(config_map("settings", a="2")).error is None
    applied_by_somebody_else(shop)
    set_image(shop, "good:2")
    assert roll_back(shop).error is None
    assert shop.data("settings") == {"a": "1"}
    assert shop.image == "good:2"


def test_an_inventory_that_was_left_in_between_is_not_added_to(shop: Shop) -> None:
    deployed(shop)
    shop.deploy(config_map("settings", a="2"), deployment("bad"), on_failure="leave", commit="two")
    assert set_image(shop, "good:3", commit="three").error is None
    assert shop.verdicts == ["verified", "failed", "verified"]
    assert not shop.records[-1].has_manifests
    failed = shop.deploy(config_map("settings", a="3"), deployment("bad"), commit="three")
    assert isinstance(failed.error, RolledBack)
    assert (shop.image, shop.data("settings")) == ("good:1", {"a": "1"})


def test_only_so_many_records_are_kept(shop: Shop) -> None:
    deployed(shop)
    for number in range(2, 6):
        assert set_image(shop, f"good:{number}", revisions=3).error is None
    assert [record.revision for record in shop.records] == [3, 4, 5]


class Strict(FakeCluster):
    """Refuses an image."""

    def patch(self, ref: Any, patch: Any, kind: Any) -> Any:
        if "refused" in str(patch.get("spec")):
            raise RequestRejected("admission webhook says no")
        return super().patch(ref, patch, kind)


def test_what_the_cluster_refuses_at_once_has_changed_nothing(shop: Shop) -> None:
    shop.cluster = Strict(NAMESPACE)
    shop.cluster.react("Deployment", a_controller)
    deployed(shop)
    refused = set_image(shop, "refused:1")
    assert isinstance(refused.error, RequestRejected)
    assert shop.verdicts == ["verified", "rolled-back"]
    assert shop.image == "good:1"


def test_what_the_account_may_not_is_found_before_anything_changes(shop: Shop) -> None:
    deployed(shop)
    shop.cluster.deny("get", "secrets")
    (problem,) = set_image(shop, "good:2").problems
    assert "secrets" in problem.message, "its record holds Secrets, as the one before it does"
    shop.cluster.deny("create", "configmaps")
    assert any("configmaps" in problem.message for problem in set_image(shop, "good:2").problems)
    assert shop.verdicts == ["verified"]


def test_what_is_watched_has_to_be_allowed_before_anything_changes(shop: Shop) -> None:
    deployed(shop)
    shop.cluster.deny("watch", "replicasets")
    (problem,) = set_image(shop, "good:2").problems
    assert "may not watch replicasets.apps" in problem.message
    assert shop.verdicts == ["verified"]


def test_of_a_workload_of_others_no_secrets_are_asked_for(shop: Shop) -> None:
    assert shop.deploy(secret("login", a="one-secret")).error is None
    applied_by_somebody_else(shop)
    shop.cluster.deny("get", "secrets")
    assert set_image(shop, "good:2").error is None


class Stumbling:
    """A cluster that fails once when it is asked to bring the old image back."""

    def __init__(self, cluster: FakeCluster) -> None:
        self._cluster = cluster
        self.has_failed = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cluster, name)

    def apply(self, manifest: Manifest, **how: Any) -> Manifest:
        self._stumble("good:1" in str(manifest) and manifest["kind"] == "Deployment" and not how.get("dry_run"))
        return self._cluster.apply(manifest, **how)

    def patch(self, ref: ObjectRef, patch: Any, kind: PatchKind) -> Manifest:
        self._stumble(kind == "json")
        return self._cluster.patch(ref, patch, kind)

    def _stumble(self, is_the_moment: bool) -> None:
        if is_the_moment and not self.has_failed:
            self.has_failed = True
            raise ClusterUnreachable("The API server failed to patch Deployment web (503).")


@pytest.mark.parametrize("is_ours", [True, False])
def test_what_fails_is_rolled_back_also_when_the_server_stumbles_just_then(shop: Shop, is_ours: bool) -> None:
    (deployed if is_ours else applied_by_somebody_else)(shop)
    stumbling = Stumbling(shop.cluster)
    assert isinstance(set_image(shop, "bad", cluster=stumbling).error, RolledBack)
    assert stumbling.has_failed
    assert shop.image == "good:1"


MOMENTS = [pytest.param(moment, after, id=f"{moment}-{after}") for moment in range(1, 8) for after in (False, True)]
"""Every changing request of a set-image: some more than there are."""


def interrupted(shop: Shop, image: str, moment: int, *, after: bool) -> bool:
    """Set an image until the process is killed. False when it ended before that."""
    doomed = Doomed(shop.cluster, moment, after=after)
    try:
        set_image(shop, image, commit="two", cluster=doomed)
    except Killed:
        return True
    return doomed.is_over


@pytest.mark.parametrize("is_ours", [True, False])
@pytest.mark.parametrize(("moment", "after"), MOMENTS)
def test_one_that_was_killed_is_gone_on_with(shop: Shop, moment: int, after: bool, is_ours: bool) -> None:
    (deployed if is_ours else applied_by_somebody_else)(shop)
    interrupted(shop, "good:2", moment, after=after)
    assert set_image(shop, "good:2", commit="two").error is None
    assert shop.image == "good:2"
    assert shop.records[-1].verdict == "verified"
    assert "pending" not in shop.verdicts


@pytest.mark.parametrize("is_ours", [True, False])
@pytest.mark.parametrize(("moment", "after"), MOMENTS)
def test_when_the_next_one_fails_what_ran_before_both_is_put_back(
    shop: Shop, moment: int, after: bool, is_ours: bool
) -> None:
    (deployed if is_ours else applied_by_somebody_else)(shop)
    interrupted(shop, "good:2", moment, after=after)
    was_verified = shop.records[-1:] and shop.records[-1].via and shop.records[-1].verdict == "verified"
    assert isinstance(set_image(shop, "bad", commit="two").error, RolledBack)
    assert shop.image == ("good:2" if was_verified else "good:1")
    assert "pending" not in shop.verdicts


@pytest.mark.parametrize(("moment", "after"), MOMENTS)
def test_a_deployment_takes_over_from_one_that_was_killed(shop: Shop, moment: int, after: bool) -> None:
    deployed(shop)
    interrupted(shop, "good:2", moment, after=after)
    was_verified = shop.records[-1].via and shop.records[-1].verdict == "verified"
    failed = shop.deploy(config_map("settings", a="2"), deployment("bad"), commit="three")
    assert isinstance(failed.error, RolledBack)
    assert shop.image == ("good:2" if was_verified else "good:1")
    assert shop.deploy(SETTINGS, commit="three").error is None
    assert shop.get("Deployment", "web", "apps/v1") is None, "the manifests no longer have it"
    assert "pending" not in shop.verdicts


@pytest.mark.parametrize(("moment", "after"), MOMENTS)
def test_a_deployment_that_takes_a_workload_in_settles_an_update_of_it_that_was_killed(
    shop: Shop, moment: int, after: bool
) -> None:
    applied_by_somebody_else(shop)
    interrupted(shop, "good:2", moment, after=after)
    assert shop.deploy(deployment("good:3"), commit="three", conflicts="force").error is None
    assert "pending" not in shop.verdicts
    assert shop.image == "good:3"


def test_an_update_that_was_verified_stays_so_when_a_deployment_takes_the_workload_in(shop: Shop) -> None:
    applied_by_somebody_else(shop)
    assert set_image(shop, "good:2", commit="two").error is None
    assert shop.deploy(deployment("good:3"), commit="three", conflicts="force").error is None
    assert shop.verdicts == ["verified", "verified"]


def test_a_deployment_of_other_workloads_leaves_an_update_that_was_killed_to_the_next_one(shop: Shop) -> None:
    applied_by_somebody_else(shop)
    interrupted(shop, "good:2", 3, after=True)
    assert shop.deploy(SETTINGS, commit="three").error is None
    assert shop.verdicts == ["pending", "verified"]


def test_a_bad_image_that_a_killed_run_has_brought_is_taken_back(shop: Shop) -> None:
    deployed(shop)
    interrupted(shop, "bad", 4, after=True)
    assert shop.image == "bad"
    ended = set_image(shop, "bad", commit="two")
    assert isinstance(ended.error, RolledBack), "it is not told as what was there before"
    assert shop.image == "good:1"
