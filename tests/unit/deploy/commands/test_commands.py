"""`cdkit history`, `cdkit status` and `cdkit rollback` tell what the records and the cluster say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from cdkit.models.build import Build
from cdkit.models.environment import Environment
from cdkit.models.kube import Manifest, ObjectRef
from cdkit.step import Step
from cdkit.testing import FakeClock, FakeCluster, FakeWorld, RecordedCommand, RecordedRun, StepRun, run_step
from cdkit_deploy.apply import Apply
from cdkit_deploy.commands import history, rollback, status
from cdkit_deploy.ledger.ledger import Ledger
from cdkit_deploy.ledger.names import Deployment
from cdkit_deploy.rollback import Rollback
from cdkit_deploy.set_image import SetImage

PLACE = Environment("live", "", "team")
SETTINGS = ObjectRef("v1", "ConfigMap", "settings", "team")
LOGIN = ObjectRef("v1", "Secret", "login", "team")
WEB = ObjectRef("apps/v1", "Deployment", "web", "team")


def settings(value: str) -> Manifest:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}, "data": {"a": value}}


def login(password: str) -> Manifest:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "login"}, "stringData": {"password": password}}


def web(image: str = "web:1") -> Manifest:
    labels = {"app": "web"}
    pod = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "web", "image": image}]}}
    spec = {"replicas": 2, "selector": {"matchLabels": labels}, "template": pod}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": spec}


def rolls_out(cluster: FakeCluster, live: Manifest) -> None:
    status = {"observedGeneration": live["metadata"]["generation"], "conditions": []}
    status |= dict.fromkeys(("replicas", "updatedReplicas", "readyReplicas", "availableReplicas"), 2)
    if live.get("status") != status:
        cluster.put({**live, "status": status})


class Shop:
    """The shop's environment, its deployments, and the commands on them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cluster = FakeCluster("team")
        self.cluster.react("Deployment", rolls_out)
        self.world = FakeWorld(cluster=self.cluster)
        self.clock = FakeClock(auto_advance=True)

    def deploy(self, *objects: Manifest, build: Build | None = None) -> StepRun:
        (self.folder / "manifests.yaml").write_text(yaml.safe_dump_all(objects), encoding="utf-8")
        options = {"manifests": "manifests.yaml", "conflicts": "force", "preflight": "off"}
        return self.run(Apply, options, build)

    def run(self, kind: type[Step], options: dict[str, Any], build: Build | None = None) -> StepRun:
        return run_step(
            kind,
            options,
            world=self.world,
            workspace=self.folder,
            environment=PLACE,
            application="shop",
            clock=self.clock,
            build=build,
        )

    def call(self, command: Any, *arguments: str) -> tuple[int, RecordedCommand]:
        run = RecordedRun(
            world=self.world,
            clock=self.clock,
            workspace=self.folder,
            build=Build(),
            environment=PLACE,
            application="shop",
        )
        project = RecordedCommand(run)
        return project.call(command, *arguments), project


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def test_the_history_is_the_newest_first(shop: Shop) -> None:
    shop.deploy(settings("1"), web(), build=Build(commit="a" * 40, actor="alice", url="https://ci.example/1"))
    shop.clock.advance(3 * 3600)
    shop.deploy(settings("2"), web("web:2"))
    shop.clock.advance(90)
    code, project = shop.call(history.command)
    assert code == 0
    assert project.lines[1:] == [
        "2\tverified\t2 min\t\tapply\t\t\tweb:2",
        "1\tverified\t3 h\taaaaaaaaaaaa\tapply\talice\thttps://ci.example/1\tweb:1",
    ]


def test_the_history_is_json_for_programs(shop: Shop) -> None:
    shop.deploy(settings("1"))
    _, project = shop.call(history.command, "-o", "json")
    (records,) = msgspec.to_builtins(project.documents)
    assert (records[0]["revision"], records[0]["verdict"]) == (1, "verified")


def test_where_nothing_was_deployed_that_is_said(shop: Shop) -> None:
    assert shop.call(history.command)[1].lines == ["Nothing has been deployed of shop in live in the namespace 'team'."]
    code, project = shop.call(status.command)
    assert code == 1
    assert "  deployed  nothing that was verified" in project.lines


def test_what_is_as_it_was_deployed_is_well(shop: Shop) -> None:
    shop.deploy(settings("1"), web(), login("hunter2"), build=Build(commit="a" * 40, actor="alice"))
    code, project = shop.call(status.command)
    assert project.lines == [
        "shop in live, namespace team",
        "  deployed  revision 1, verified, 0 s ago commit aaaaaaaaaaaa by alice",
        "",
        "WORKLOAD\tSTATE\tHOW FAR\tWHY",
        "deployment/web\tready\t2 of 2 replicas updated, 2 available\t",
    ]
    assert code == 0


def test_what_was_changed_by_hand_is_drift(shop: Shop) -> None:
    shop.deploy(settings("1"), web(), login("hunter2"))
    shop.cluster.patch(SETTINGS, {"data": {"a": "by hand"}}, "merge")
    shop.cluster.patch(LOGIN, {"data": {"password": "c3dvcmRmaXNo"}}, "merge")
    code, project = shop.call(status.command)
    assert code == 1
    drift = project.lines[project.lines.index("Changed since it was deployed (+ is what was deployed):") + 1 :]
    assert [line for line in drift if "password" not in line and "Secret" not in line] == [
        "  ConfigMap settings",
        "    - data.a: by hand",
        "    + data.a: 1",
    ]
    assert sum("data.password: *** " in line for line in drift) == 2
    assert "c3dvcmRmaXNo" not in str(drift)


def test_what_is_gone_is_drift_too(shop: Shop) -> None:
    shop.deploy(settings("1"), web())
    shop.cluster.remove(WEB)
    shop.cluster.remove(SETTINGS)
    code, project = shop.call(status.command)
    assert code == 1
    assert "deployment/web\tgone\tit does not exist\t" in project.lines
    assert "  ConfigMap settings is gone" in project.lines


def test_a_workload_that_is_not_ready_is_told_with_its_cause(shop: Shop) -> None:
    shop.deploy(web())
    live = shop.cluster.get(WEB) or {}
    stuck = {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded", "message": "it is stuck"}
    shop.cluster.put({**live, "status": {**live["status"], "availableReplicas": 0, "conditions": [stuck]}})
    code, project = shop.call(status.command)
    assert code == 1
    (row,) = [line for line in project.lines if line.startswith("deployment/web")]
    assert row.split("\t")[1] in {"failed", "progressing"}
    assert row.split("\t")[3]


def test_a_deployment_that_was_interrupted_and_who_deploys_now_are_told(shop: Shop) -> None:
    shop.deploy(settings("1"))
    shop.deploy(settings("2"))
    ledger = Ledger(shop.cluster, "team", Deployment("shop", "live"))
    ledger.settle(ledger.records()[-1], "failed", "It did not start.")
    lease = ObjectRef("coordination.k8s.io/v1", "Lease", "cdkit-shop.live", "team")
    shop.cluster.patch(lease, {"spec": {"holderIdentity": "https://ci.example/9"}}, "merge")
    code, project = shop.call(status.command)
    assert code == 1
    assert "  last      revision 2, failed, 0 s ago" in project.lines
    assert "            It did not start." in project.lines
    assert "  now       the run https://ci.example/9 deploys" in project.lines


def test_a_record_that_cannot_be_read_is_told_and_the_rest_shown(shop: Shop) -> None:
    shop.deploy(settings("1"), login("hunter2"))
    shop.cluster.deny("get", "secrets")
    code, project = shop.call(status.command)
    assert code == 1
    assert any("could not ask" in line and "Secret" in line for line in project.lines)


def test_the_status_is_json_for_programs(shop: Shop) -> None:
    shop.deploy(web(), login("hunter2"))
    code, project = shop.call(status.command, "-o", "json")
    (document,) = msgspec.to_builtins(project.documents)
    assert (code, document["is_well"], document["deployed"]["revision"]) == (0, True, 1)
    assert document["workloads"][0]["state"] == "ready"
    assert "hunter2" not in str(document)


@pytest.mark.parametrize(("arguments", "options"), [((), {}), (("3",), {"revision": 3})])
def test_a_rollback_runs_the_step(shop: Shop, arguments: tuple[str, ...], options: dict[str, Any]) -> None:
    code, project = shop.call(rollback.command, *arguments)
    assert (code, project.steps) == (0, [(Rollback, options)])


def test_an_image_that_was_set_is_in_the_history_and_no_drift(shop: Shop) -> None:
    shop.deploy(settings("1"), web(), login("hunter2"))
    shop.run(SetImage, {"workload": "web", "image": "web:2", "preflight": "off"})
    _, project = shop.call(history.command)
    assert [line.split("\t")[4] for line in project.lines[1:]] == ["set-image deployment/web", "apply"]
    code, project = shop.call(status.command)
    assert code == 0, project.lines
    assert "  deployed  revision 2, verified, 0 s ago set-image deployment/web" in project.lines


def test_the_pace_that_an_image_was_set_with_is_no_drift(shop: Shop) -> None:
    careful = web()
    careful["spec"]["strategy"] = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}}
    shop.deploy(careful)
    pace = {"surge": "50%", "unavailable": "1", "min_ready": "5s"}
    shop.run(SetImage, {"workload": "web", "image": "web:2", "preflight": "off", **pace})
    code, project = shop.call(status.command)
    assert code == 0, project.lines


def test_a_workload_of_others_is_told_while_it_is_there(shop: Shop) -> None:
    shop.deploy(settings("1"))
    made = web()
    shop.cluster.create(made | {"metadata": {"name": "web", "namespace": "team"}})
    shop.run(SetImage, {"workload": "web", "image": "web:2", "preflight": "off"})
    code, project = shop.call(status.command)
    assert (code, project.lines[-1]) == (0, "deployment/web\tready\t2 of 2 replicas updated, 2 available\t")
    shop.cluster.remove(WEB)
    assert shop.call(status.command)[0] == 0, "it is not ours to miss"


def test_a_deployment_that_was_interrupted_is_told_after_an_image_was_set_too(shop: Shop) -> None:
    shop.deploy(settings("1"), web())
    shop.deploy(settings("2"), web())
    ledger = Ledger(shop.cluster, "team", Deployment("shop", "live"))
    ledger.settle(ledger.records()[-1], "failed", "It did not start.")
    shop.run(SetImage, {"workload": "web", "image": "web:2", "preflight": "off"})
    code, project = shop.call(status.command)
    assert code == 1
    assert "  last      revision 2, failed, 0 s ago" in project.lines
