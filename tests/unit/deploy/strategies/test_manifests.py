"""The pace of `rolling-update` in its manifests, and ReplicationControllers that come by manifests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from cdkit.errors import CheckFailed, InvalidInput, RolledBack
from cdkit.models.environment import Environment
from cdkit.models.kube import Manifest
from cdkit.testing import FakeWorld, StepRun, run_step
from cdkit_deploy.rolling_update import RollingUpdate
from cdkit_deploy.strategies.manifests import with_own_pace, with_pace
from cdkit_deploy.strategies.pace import Pace
from tests.unit.deploy.strategies.test_replication_controller import WithControllers, controller, images


def workload(kind: str, **spec: Any) -> Manifest:
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": "web"}, "spec": spec}


def test_each_kind_gets_what_it_has() -> None:
    given = [
        workload("Deployment", strategy={"rollingUpdate": {"maxSurge": 9}}),
        workload("StatefulSet"),
        workload("DaemonSet"),
        workload("Job"),
    ]
    pace = Pace(surge="1", unavailable="25%", partition=2, min_ready_seconds=5)
    specs = [item["spec"] for item in with_pace(given, pace)]
    assert specs[0] == {
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": "25%"}},
        "minReadySeconds": 5,
    }
    assert specs[1]["updateStrategy"]["rollingUpdate"] == {"partition": 2, "maxUnavailable": "25%"}
    assert specs[2]["updateStrategy"]["rollingUpdate"] == {"maxUnavailable": "25%", "maxSurge": 1}
    assert specs[3] == {}
    assert given[0]["spec"] == {"strategy": {"rollingUpdate": {"maxSurge": 9}}}, "the given ones stay as they are"


def test_recreating_takes_the_rolling_part_away() -> None:
    (made,) = with_pace([workload("Deployment", strategy={"rollingUpdate": {"maxSurge": 9}})], Pace(recreate=True))
    assert made["spec"]["strategy"] == {"type": "Recreate"}


def test_a_manifest_takes_only_so_much_of_a_pace_as_it_speaks_of() -> None:
    pace = Pace(surge="2", unavailable="1", min_ready_seconds=5)
    speaks = workload("Deployment", strategy={"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}})
    assert with_own_pace(speaks, pace)["spec"] == {
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 2}}
    }
    for silent in (workload("Deployment", replicas=2), workload("Job")):
        assert with_own_pace(silent, pace) == silent


@pytest.mark.parametrize("pace", [Pace(partition=1), Pace(surge="1")])
def test_what_no_workload_has_is_refused(pace: Pace) -> None:
    with pytest.raises(InvalidInput, match="None of the manifests' workloads has a"):
        with_pace([workload("Job")], pace)


@pytest.fixture
def cluster() -> WithControllers:
    return WithControllers()


def deploy(cluster: WithControllers, folder: Path, image: str, **options: Any) -> StepRun:
    (folder / "manifests.yaml").write_text(yaml.safe_dump(controller(image)), encoding="utf-8")
    return run_step(
        RollingUpdate,
        {"manifests": "manifests.yaml", "preflight": "off", "wait": "30s", **options},
        world=FakeWorld(cluster=cluster),
        workspace=folder,
        environment=Environment("", "", "team"),
    )


def test_a_controllers_pods_are_replaced_when_its_manifest_changes(cluster: WithControllers, tmp_path: Path) -> None:
    assert deploy(cluster, tmp_path, "web:1").error is None
    assert images(cluster) == ["web:1"] * 3
    cluster.least, cluster.most = 1000, 0
    assert deploy(cluster, tmp_path, "web:2").error is None
    assert images(cluster) == ["web:2"] * 3
    assert (cluster.least, cluster.most) == (3, 4)
    again = deploy(cluster, tmp_path, "web:2")
    assert again.outputs.changed is False


def test_pods_that_do_not_start_bring_the_old_ones_back(cluster: WithControllers, tmp_path: Path) -> None:
    deploy(cluster, tmp_path, "web:1")
    ended = deploy(cluster, tmp_path, "bad:2")
    assert isinstance(ended.error, RolledBack)
    assert images(cluster) == ["web:1"] * 3
    (only,) = cluster.controllers()
    assert "kubectl.kubernetes.io/next-controller-id" not in only["metadata"]["annotations"]


def test_an_option_that_fits_nothing_is_found_before_anything_changes(cluster: WithControllers, tmp_path: Path) -> None:
    ended = deploy(cluster, tmp_path, "web:1", partition=1)
    assert isinstance(ended.error, CheckFailed)
    assert cluster.controllers() == []
