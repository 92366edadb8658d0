"""Whole deployments, one after the other and never an older one over a newer one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from cdkit.errors import Refused, RollbackFailed
from cdkit.flow.cancellation import Cancellation
from cdkit.models.build import Build
from cdkit.models.environment import Environment
from cdkit.models.kube import Manifest, ObjectRef
from cdkit.testing import FakeCluster, FakeCommits, FakeWorld, StepRun, run_step
from cdkit_deploy.apply import Apply
from cdkit_deploy.ledger.ledger import Ledger
from cdkit_deploy.ledger.names import Deployment
from cdkit_deploy.rollback import Rollback
from cdkit_deploy.turn.lease import read_lease
from cdkit_deploy.turn.turn import lease_of

PLACE = Environment("live", "", "team")
SHOP = Deployment("shop", "live")
SETTINGS = ObjectRef("v1", "ConfigMap", "settings", "team")


class Shop:
    """The shop's environment, and builds that deploy to it."""

    def __init__(self, folder: Path) -> None:
        self.cluster = FakeCluster("team")
        self.folder = folder
        self.world = FakeWorld(cluster=self.cluster, commits=FakeCommits.line("one", "two", "three"))

    def deploy(self, commit: str, value: str, cancellation: Cancellation | None = None, **options: Any) -> StepRun:
        manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}, "data": {"a": value}}
        (self.folder / "manifests.yaml").write_text(yaml.safe_dump(manifest), encoding="utf-8")
        return self.run(Apply, commit, {"manifests": "manifests.yaml", "preflight": "off", **options}, cancellation)

    def run(
        self, kind: type[Any], commit: str, options: dict[str, Any], cancellation: Cancellation | None = None
    ) -> StepRun:
        return run_step(
            kind,
            options,
            world=self.world,
            workspace=self.folder,
            environment=PLACE,
            application="shop",
            build=Build(commit=commit, url=f"https://ci.example/{commit}"),
            cancellation=cancellation,
        )

    @property
    def value(self) -> str:
        return str((self.cluster.get(SETTINGS) or {})["data"]["a"])

    @property
    def verdicts(self) -> list[str]:
        return [record.verdict for record in Ledger(self.cluster, "team", SHOP).records()]


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def test_an_older_commit_does_not_overwrite_a_newer_one(shop: Shop) -> None:
    assert shop.deploy("two", "new").error is None
    ended = shop.deploy("one", "old")
    assert isinstance(ended.error, Refused)
    assert "The commit one is older than two" in ended.error.message
    assert (shop.value, shop.verdicts) == ("new", ["verified"])


def test_it_does_when_it_is_told_to(shop: Shop) -> None:
    shop.deploy("two", "new")
    assert shop.deploy("one", "old", allow_older=True).error is None
    assert shop.value == "old"


def test_to_go_back_on_purpose_is_no_matter_of_order(shop: Shop) -> None:
    shop.deploy("one", "old")
    shop.deploy("two", "new")
    assert shop.run(Rollback, "two", {}).error is None
    assert shop.value == "old"
    assert shop.deploy("two", "new").error is None


def test_a_commit_that_was_undone_holds_up_nobody(shop: Shop) -> None:
    shop.deploy("one", "old")
    shop.cluster.react("ConfigMap", lambda *_: None)
    shop.deploy("two", "x" * 10)
    ledger = Ledger(shop.cluster, "team", SHOP)
    ledger.settle(ledger.records()[-1], "rolled-back")
    assert shop.deploy("one", "again").error is None


def test_the_lease_is_free_after_every_deployment(shop: Shop) -> None:
    for commit in ("two", "one"):
        shop.deploy(commit, commit)
        live = shop.cluster.get(lease_of(SHOP, "team"))
        assert live is not None
        assert read_lease(live).holder is None


def test_a_deployment_that_is_superseded_changes_nothing_more(shop: Shop) -> None:
    """Neither the objects behind the one at which it was told, nor its own record, which the newer one takes over."""
    cancellation = Cancellation()

    def told(_: FakeCluster, manifest: Manifest) -> None:
        if manifest["metadata"]["name"] == "settings":
            cancellation.cancel(Refused("A newer commit is to be deployed."))

    shop.deploy("one", "old")
    shop.cluster.react("ConfigMap", told)
    ended = shop.deploy("two", "new", cancellation)
    assert isinstance(ended.error, Refused)
    assert not isinstance(ended.error, RollbackFailed)
    assert shop.verdicts == ["verified", "pending"]
    shop.cluster._reactions.clear()
    assert shop.deploy("three", "newest").error is None
    assert (shop.value, shop.verdicts) == ("newest", ["verified", "superseded", "verified"])
