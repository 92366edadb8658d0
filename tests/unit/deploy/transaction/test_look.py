"""What is asked of the API server before anything is changed, and that nothing is asked twice for no reason."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from cdkit.errors import CheckFailed, InvalidInput
from cdkit.flow.cancellation import Cancellation
from cdkit.models.build import Build
from cdkit.models.environment import Environment
from cdkit.models.kube import Manifest, ObjectRef
from cdkit.models.problem import Problem
from cdkit.step import StepContext
from cdkit.testing import FakeClock, FakeWorld, RecordedRun
from cdkit_deploy.apply import Apply
from cdkit_deploy.ledger.names import Deployment
from cdkit_deploy.transaction.look import HOLDS_SECONDS
from cdkit_deploy.turn.turn import lease_of

from .shop import NAMESPACE, Shop, config_map, secret


class Release:
    """One step of one run: its check, and what comes later."""

    def __init__(self, shop: Shop, *objects: Manifest, **options: Any) -> None:
        (shop.folder / "manifests.yaml").write_text(yaml.safe_dump_all(objects), encoding="utf-8")
        self.clock = FakeClock(auto_advance=True)
        self.run_of_it = RecordedRun(
            world=FakeWorld(cluster=shop.cluster),
            clock=self.clock,
            workspace=shop.folder,
            build=Build(),
            environment=Environment("live", "", NAMESPACE),
            application="shop",
        )
        self._shop = shop
        self._step = Apply(Apply.Options(manifests="manifests.yaml", **options))
        self._ctx = StepContext("apply", self.run_of_it, env={}, cancellation=Cancellation())

    def check(self) -> list[Problem]:
        return list(self._step.check(self._ctx))

    def run(self) -> None:
        self._step.run(self._ctx)

    def asked(self) -> list[str]:
        """What was applied, and what a dry run was asked for, since the last time."""
        requests = self._shop.cluster.requests
        found = [request.removeprefix("apply ") for request in requests if request.startswith("apply ")]
        requests.clear()
        return found


def test_an_account_that_may_not_look_at_its_namespace_may_work_in_it(shop: Shop) -> None:
    shop.cluster.deny("get", "namespaces")
    assert Release(shop, config_map("one")).check() == []


def test_what_no_object_of_a_deployment_needs_is_not_asked_for(shop: Shop) -> None:
    for resource in ("deployments", "services", "replicasets", "pods", "events"):
        for verb in ("get", "list", "watch", "patch"):
            shop.cluster.deny(verb, resource)
    assert Release(shop, config_map("one")).check() == []


def test_a_manifest_with_a_secret_in_it_needs_a_secret_for_its_record(shop: Shop) -> None:
    shop.cluster.deny("create", "secrets")
    assert Release(shop, config_map("one", token="the-token")).check() == []
    release = Release(shop, config_map("one", token="the-token"))
    release.run_of_it.hide("the-token")
    (problem,) = release.check()
    assert "create secrets" in problem.message


def test_what_a_refusal_quotes_is_masked_before_it_can_be_told(shop: Shop) -> None:
    release = Release(shop, secret("login", password="correct-horse"))
    release.check()
    assert release.run_of_it.redacted("denied: correct-horse") == "denied: ***"


TWO = (config_map("one", a="1"), config_map("two", a="1"))
NAMES = ["ConfigMap one", "ConfigMap two"]


def test_what_the_checks_have_asked_a_moment_ago_is_not_asked_again(shop: Shop) -> None:
    release = Release(shop, *TWO)
    assert release.check() == []
    assert sorted(release.asked()) == NAMES
    release.run()
    assert sorted(release.asked()) == NAMES


def test_what_is_as_wanted_is_not_asked_about_at_all(shop: Shop) -> None:
    shop.deploy(*TWO)
    release = Release(shop, TWO[0], config_map("two", a="2"))
    release.asked()
    assert release.check() == []
    assert release.asked() == ["ConfigMap two"]


def test_many_unchanged_objects_are_not_read_one_by_one(shop: Shop) -> None:
    many = [config_map(f"settings-{number}") for number in range(20)]
    shop.deploy(*many)
    release = Release(shop, *many)
    shop.cluster.requests.clear()
    release.check()
    assert "list ConfigMap" in [request.strip() for request in shop.cluster.requests]
    assert not [request for request in shop.cluster.requests if request.startswith("get ConfigMap")]


def test_what_was_asked_long_ago_is_asked_again(shop: Shop) -> None:
    release = Release(shop, *TWO)
    release.check()
    release.asked()
    release.clock.advance(HOLDS_SECONDS + 1)
    release.run()
    assert sorted(release.asked()) == sorted(NAMES * 2)


def test_what_has_changed_since_is_asked_again(shop: Shop) -> None:
    release = Release(shop, *TWO)
    release.check()
    release.asked()
    shop.cluster.put({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "one", "namespace": NAMESPACE}})
    release.run()
    assert release.asked().count("ConfigMap two") == 2


def test_manifests_that_are_others_now_are_asked_about(shop: Shop) -> None:
    release = Release(shop, *TWO)
    release.check()
    release.asked()
    (shop.folder / "manifests.yaml").write_text(yaml.safe_dump(config_map("three", a="1")), encoding="utf-8")
    release.run()
    assert release.asked() == ["ConfigMap three"] * 2


def test_manifests_that_cannot_be_read_any_more_are_told(shop: Shop) -> None:
    release = Release(shop, *TWO)
    release.check()
    (shop.folder / "manifests.yaml").unlink()
    with pytest.raises(InvalidInput, match="cannot be read"):
        release.run()


def test_after_waiting_for_its_turn_a_step_looks_again(shop: Shop) -> None:
    lease = lease_of(Deployment("shop", "live"), NAMESPACE)
    held = {"holderIdentity": "somebody", "leaseDurationSeconds": 2}
    shop.cluster.put(
        {
            "apiVersion": lease.api_version,
            "kind": lease.kind,
            "metadata": {"name": lease.name, "namespace": NAMESPACE},
            "spec": held,
        }
    )
    release = Release(shop, *TWO)
    release.check()
    release.asked()
    release.run()
    assert sorted(release.asked()) == sorted(NAMES * 2)


def test_what_would_be_refused_meanwhile_keeps_everything_from_being_changed(shop: Shop) -> None:
    release = Release(shop, *TWO)
    release.check()
    release.clock.advance(HOLDS_SECONDS + 1)
    shop.cluster.deny("create", "configmaps")
    with pytest.raises(CheckFailed) as refused:
        release.run()
    assert "may not do all" in refused.value.evidence[0]
    assert shop.get("ConfigMap", "one") is None


def test_an_account_that_may_not_list_secrets_is_asked_for_each(shop: Shop) -> None:
    secrets = [secret(f"login-{number}", password="correct-horse") for number in range(5)]
    shop.cluster.deny("list", "secrets")
    first = Release(shop, *secrets)
    assert first.check() == []
    first.run()
    again = Release(shop, *secrets)
    again.asked()
    assert again.check() == []
    assert again.asked() == []


def test_an_account_that_may_not_read_is_told_so_with_all_else_that_it_may_not(shop: Shop) -> None:
    for verb in ("get", "list", "delete"):
        shop.cluster.deny(verb, "configmaps")
    (problem,) = Release(shop, *TWO).check()
    assert "delete, get, list configmaps" in problem.message


def test_a_namespace_that_the_account_may_not_read_is_not_taken_for_a_new_one(shop: Shop) -> None:
    shop.cluster.deny("get", "configmaps")
    shop.cluster.deny("list", "configmaps")
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}
    assert shop.cluster.get(ObjectRef("v1", "Namespace", NAMESPACE)) is not None
    release = Release(shop, namespace, *TWO)
    release.check()
    assert "ConfigMap one" in release.asked()
