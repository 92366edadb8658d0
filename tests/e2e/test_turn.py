"""Builds that deploy one application at once: never both, also when one is killed; and never an older one last."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from cdkit.clients.kube.cluster import KubernetesCluster
from cdkit.models.kube import ObjectQuery, ObjectRef
from tests.git_command import git
from tests.real_world import eventually

from .conftest import Project, deployment_image
from .tiny import deployment, push_tiny_image


@pytest.fixture(scope="module")
def images(registry: str, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Two images that run."""
    return [push_tiny_image(tmp_path_factory.mktemp(name), registry) for name in ("one", "two")]


@pytest.fixture
def builds(deployable: Project, tmp_path: Path) -> list[Project]:
    """Two checkouts of one project, as two builds have them."""
    folder = tmp_path / "other"
    folder.mkdir()
    return [deployable, Project(folder, deployable.environ)]


def prepare(build: Project, namespace: str, *objects: dict[str, Any], **options: Any) -> None:
    (build.folder / "manifests.yaml").write_text(yaml.safe_dump_all(objects), encoding="utf-8")
    step = {"uses": "apply", "with": {"manifests": "manifests.yaml", **options}}
    pipeline = {"name": "shop", "environments": {"live": {"namespace": namespace}}, "steps": {"release": step}}
    build.write(yaml.safe_dump(pipeline))


def slowly_ready(image: str, seconds: int = 2) -> dict[str, Any]:
    made: dict[str, Any] = deployment("web", image)
    made["spec"]["minReadySeconds"] = seconds
    return made


def holder(cluster: KubernetesCluster, namespace: str) -> str:
    lease = cluster.get(ObjectRef("coordination.k8s.io/v1", "Lease", "cdkit-shop.live", namespace)) or {"spec": {}}
    return str(lease["spec"].get("holderIdentity") or "")


def verdicts(cluster: KubernetesCluster, namespace: str) -> list[str]:
    found, _ = cluster.list(ObjectQuery("v1", "ConfigMap", namespace, "cdkit.dev/record=deployment"))
    records = [json.loads(item["data"]["record.json"]) for item in found]
    return [record["verdict"] for record in sorted(records, key=lambda record: record["revision"])]


def waits(build: Project) -> list[str]:
    return [event["what"] for event in build.journal() if event["type"] == "step-waiting"]


def test_two_builds_that_start_at_once_deploy_one_after_the_other(
    builds: list[Project], cluster: KubernetesCluster, namespace: str, images: list[str]
) -> None:
    for build, image in zip(builds, images, strict=True):
        prepare(build, namespace, slowly_ready(image))
    running = [build.start("run", "--env", "live") for build in builds]
    finished = [build.finish(process) for build, process in zip(builds, running, strict=True)]
    assert [item.code for item in finished] == [0, 0], finished[0].text + finished[1].text
    waited = [any("to end its deployment of shop in live" in what for what in waits(build)) for build in builds]
    assert sorted(waited) == [False, True]
    assert verdicts(cluster, namespace) == ["verified", "verified"]
    assert deployment_image(cluster, namespace, "web") == images[waited.index(True)], "who waited came last"
    assert holder(cluster, namespace) == ""


def test_a_build_that_shall_not_wait_is_refused_while_another_one_deploys(
    builds: list[Project], cluster: KubernetesCluster, namespace: str, images: list[str]
) -> None:
    prepare(builds[0], namespace, slowly_ready(images[0], seconds=8))
    prepare(builds[1], namespace, slowly_ready(images[1]), on_busy="fail")
    first = builds[0].start("run", "--env", "live")
    eventually(lambda: holder(cluster, namespace))
    refused = builds[1].cdkit("run", "--env", "live")
    assert refused.code == 8, refused.text
    assert "deploys shop in live now" in refused.text
    assert builds[0].finish(first).code == 0
    assert deployment_image(cluster, namespace, "web") == images[0]


def test_the_turn_of_a_killed_build_is_taken_over_and_its_work_gone_on_with(
    builds: list[Project], cluster: KubernetesCluster, namespace: str, images: list[str]
) -> None:
    for build, image in zip(builds, images, strict=True):
        prepare(build, namespace, slowly_ready(image))
    killed = builds[0].start("run", "--env", "live")
    eventually(lambda: verdicts(cluster, namespace) == ["pending"])
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    assert holder(cluster, namespace), "nobody gave it up"
    start = time.monotonic()
    finished = builds[1].cdkit("run", "--env", "live")
    assert finished.code == 0, finished.text
    assert "has not been heard of for 15 s: taking over from it." in finished.out
    assert "Revision 1 of shop in live was interrupted" in finished.out
    assert time.monotonic() - start >= 15, "not before its time"
    assert verdicts(cluster, namespace) == ["superseded", "verified"]
    assert deployment_image(cluster, namespace, "web") == images[1]


def settings(value: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}, "data": {"a": value}}


def committed(build: Project, namespace: str, value: str) -> str:
    prepare(build, namespace, settings(value))
    return commit(build, value)


def commit(build: Project, value: str) -> str:
    git(build.folder, "add", "cdkit.yaml", "manifests.yaml")
    git(build.folder, "commit", "--quiet", f"--message={value}")
    return git(build.folder, "rev-parse", "HEAD")


def test_an_older_commit_and_one_of_which_nobody_knows_are_refused(
    builds: list[Project], cluster: KubernetesCluster, namespace: str
) -> None:
    whole, shallow = builds
    git(whole.folder, "init", "--quiet")
    older, newer = (committed(whole, namespace, value) for value in ("older", "newer"))
    assert whole.cdkit("run", "--env", "live").code == 0
    git(whole.folder, "checkout", "--quiet", older)
    refused = whole.cdkit("run", "--env", "live")
    assert refused.code == 8, refused.text
    assert f"The commit {older[:12]} is older than {newer[:12]}" in refused.text

    git(whole.folder, "checkout", "--quiet", "--orphan", "elsewhere")
    committed(whole, namespace, "elsewhere")
    git(shallow.folder.parent, "clone", "--quiet", "--depth=1", whole.folder.as_uri(), str(shallow.folder))
    unknown = shallow.cdkit("run", "--env", "live")
    assert unknown.code == 8, unknown.text
    assert "Git cannot tell whether" in unknown.text
    assert "fetch-depth: 0" in unknown.text
    live = cluster.get(ObjectRef("v1", "ConfigMap", "settings", namespace)) or {}
    assert live["data"] == {"a": "newer"}


def test_a_newer_commit_stops_an_older_one_that_is_at_work(
    builds: list[Project], cluster: KubernetesCluster, namespace: str, images: list[str]
) -> None:
    older, newer = builds
    prepare(older, namespace, slowly_ready(images[0], seconds=60))
    git(older.folder, "init", "--quiet")
    commit(older, "older")
    git(older.folder.parent, "clone", "--quiet", older.folder.as_uri(), str(newer.folder))
    prepare(newer, namespace, slowly_ready(images[1]), on_busy="supersede")
    commit(newer, "newer")
    at_work = older.start("run", "--env", "live")
    eventually(lambda: verdicts(cluster, namespace) == ["pending"])
    finished = newer.cdkit("run", "--env", "live")
    stopped = older.finish(at_work)
    assert finished.code == 0, finished.text
    assert stopped.code == 8, stopped.text
    assert "deploys a newer commit of shop in live. This deployment has stopped" in stopped.text
    assert verdicts(cluster, namespace) == ["superseded", "verified"]
    assert deployment_image(cluster, namespace, "web") == images[1]
