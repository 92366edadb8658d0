"""`set-image` for each kind of workload."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from cdkit.clients.kube.errors import Request, not_served
from cdkit.errors import CheckFailed, InvalidInput, RolledBack, WorldFailed
from cdkit.models.change import FieldChange
from cdkit.models.environment import Environment
from cdkit.models.event import Warned
from cdkit.models.kube import Manifest, ObjectRef
from cdkit.testing import FakeCluster, FakeWorld, StepRun, run_step
from cdkit_deploy.set_image import SetImage

KINDS = {
    "deployment": ("apps/v1", "Deployment"),
    "statefulset": ("apps/v1", "StatefulSet"),
    "daemonset": ("apps/v1", "DaemonSet"),
    "cronjob": ("batch/v1", "CronJob"),
}
LABELS = {"app": "web"}
DIGEST = "registry.example/web@sha256:" + "0" * 64


def workload(kind: str, replicas: int = 2, **spec: Any) -> Manifest:
    version, name = KINDS[kind]
    containers = [{"name": "web", "image": "web:1"}, {"name": "log", "image": "log:1"}]
    pod = {"containers": containers, "initContainers": [{"name": "prepare", "image": "prepare:1"}]}
    template = {"metadata": {"labels": LABELS}, "spec": pod}
    body: Manifest = {"selector": {"matchLabels": LABELS}, "template": template, **spec}
    if kind == "cronjob":
        body = {"schedule": "0 3 * * *", "jobTemplate": {"spec": {"template": template}}, **spec}
    elif kind != "daemonset":
        body["replicas"] = replicas
    return {"apiVersion": version, "kind": name, "metadata": {"name": "web", "namespace": "team"}, "spec": body}


def a_controller(cluster: FakeCluster, live: Manifest) -> None:
    """Rolls any image out at once, but for those that are bad."""
    spec = live["spec"]
    replicas, images = spec.get("replicas", 2), images_of(live).values()
    ready = 0 if any("bad" in image for image in images) else replicas
    status = {
        "observedGeneration": live["metadata"]["generation"],
        "replicas": replicas,
        "updatedReplicas": replicas,
        "readyReplicas": ready,
        "availableReplicas": ready,
        "currentRevision": "r",
        "updateRevision": "r",
        "desiredNumberScheduled": replicas,
        "updatedNumberScheduled": replicas,
        "numberAvailable": ready,
    }
    if live.get("status") != status:
        cluster.put({**live, "status": status})


@pytest.fixture
def cluster() -> FakeCluster:
    cluster = FakeCluster("team")
    for _, kind in KINDS.values():
        if kind != "CronJob":
            cluster.react(kind, a_controller)
    return cluster


def ref_of(kind: str) -> ObjectRef:
    return ObjectRef(*KINDS[kind], "web", "team")


def live(cluster: FakeCluster, kind: str) -> Manifest:
    found = cluster.get(ref_of(kind))
    assert found is not None
    return found


def images_of(manifest: Manifest) -> dict[str, str]:
    spec = manifest["spec"]
    pod = spec.get("jobTemplate", {}).get("spec", spec)["template"]["spec"]
    return {item["name"]: item["image"] for item in (*pod["containers"], *pod["initContainers"])}


def make(cluster: FakeCluster, kind: str, **spec: Any) -> None:
    made = workload(kind, **spec)
    cluster.put(made)
    if kind != "cronjob":
        a_controller(cluster, live(cluster, kind))


def update(cluster: FakeCluster, kind: str = "deployment", **options: Any) -> StepRun:
    wanted = {"workload": "web", "kind": kind, "wait": "5s", "preflight": "off", **options}
    return run_step(SetImage, wanted, world=FakeWorld(cluster=cluster), environment=Environment("", "", "team"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_container_of_each_kind_gets_its_image(cluster: FakeCluster, kind: str) -> None:
    make(cluster, kind)
    ended = update(cluster, kind, container="web", image=DIGEST)
    assert ended.outputs.changed is True
    assert (ended.outputs.image, ended.outputs.previous) == (DIGEST, "web:1")
    assert images_of(live(cluster, kind)) == {"web": DIGEST, "log": "log:1", "prepare": "prepare:1"}
    (change,) = ended.changes
    path = "spec.jobTemplate.spec.template" if kind == "cronjob" else "spec.template"
    assert change.fields == (FieldChange(f"{path}.spec.containers[name=web].image", "web:1", DIGEST),)


@pytest.mark.parametrize("kind", KINDS)
def test_what_runs_already_is_left_alone_and_said_so(cluster: FakeCluster, kind: str) -> None:
    make(cluster, kind)
    version = live(cluster, kind)["metadata"]["resourceVersion"]
    ended = update(cluster, kind, container="web", image="web:1")
    assert ended.outputs.changed is False
    assert f"{KINDS[kind][1]} web runs web:1 already; nothing was changed." in ended.lines
    assert [change.action for change in ended.changes] == ["keep"]
    assert live(cluster, kind)["metadata"]["resourceVersion"] == version


@pytest.mark.parametrize("kind", ["deployment", "statefulset", "daemonset"])
def test_a_bad_image_is_taken_back(cluster: FakeCluster, kind: str) -> None:
    make(cluster, kind)
    ended = update(cluster, kind, container="web", image="bad:2")
    assert isinstance(ended.error, RolledBack)
    assert images_of(live(cluster, kind))["web"] == "web:1"


def test_what_is_not_well_already_is_no_fault_of_ours(cluster: FakeCluster) -> None:
    make(cluster, "deployment")
    cluster.patch(
        ref_of("deployment"),
        {"spec": {"template": {"spec": {"containers": [{"name": "web", "image": "bad:1"}]}}}},
        "strategic",
    )
    ended = update(cluster, container="web", image="bad:1")
    assert isinstance(ended.error, WorldFailed)
    assert "Nothing was changed: it was like this before." in ended.error.message


def test_several_containers_and_an_init_container_change_at_once(cluster: FakeCluster) -> None:
    make(cluster, "deployment")
    generation = live(cluster, "deployment")["metadata"]["generation"]
    ended = update(cluster, images={"web": "web:2", "prepare": "prepare:2"})
    assert ended.outputs.images == {"web": "web:2", "prepare": "prepare:2"}
    assert images_of(live(cluster, "deployment")) == {"web": "web:2", "log": "log:1", "prepare": "prepare:2"}
    assert live(cluster, "deployment")["metadata"]["generation"] == generation + 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"image": "web:2"}, "Deployment web has several containers."),
        ({"image": "web:2", "container": "nope"}, "Deployment web has no container 'nope'."),
        ({}, "Say which image to run, by one of `image` and `images`."),
        ({"image": "a", "images": {"web": "b"}}, "Say which image to run, by one of `image` and `images`."),
        ({"image": "a", "container": "web", "partition": 1}, "For a Deployment there is no `partition`."),
        ({"image": "a", "workload": "nope"}, "There is no Deployment nope in 'team'."),
    ],
)
def test_what_cannot_work_is_found_before_anything_changes(
    cluster: FakeCluster, options: dict[str, Any], said: str
) -> None:
    make(cluster, "deployment")
    ended = update(cluster, **options)
    assert isinstance(ended.error, CheckFailed)
    assert ended.problems[0].message == said


@pytest.mark.parametrize("share", ["-1", "a", "1.5", "%", "1000000000000%"])
def test_a_share_is_a_number_or_a_percentage(cluster: FakeCluster, share: str) -> None:
    with pytest.raises(InvalidInput):
        update(cluster, container="web", image="web:2", surge=share)


def test_the_pace_of_a_deployment_is_set_with_its_image(cluster: FakeCluster) -> None:
    make(cluster, "deployment")
    update(cluster, container="web", image="web:2", surge="50%", unavailable="0", min_ready="3s")
    spec = live(cluster, "deployment")["spec"]
    assert spec["strategy"] == {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "50%", "maxUnavailable": 0}}
    assert spec["minReadySeconds"] == 3


def test_a_deployment_is_recreated_by_its_own_strategy(cluster: FakeCluster) -> None:
    rolling = {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1}}
    make(cluster, "deployment", strategy=rolling)
    update(cluster, container="web", image="web:2", strategy="recreate")
    assert live(cluster, "deployment")["spec"]["strategy"] == {"type": "Recreate"}


def test_a_daemon_set_can_surge_only_where_no_node_may_miss_its_pod(cluster: FakeCluster) -> None:
    make(cluster, "daemonset")
    update(cluster, "daemonset", container="web", image="web:2", surge="1")
    assert live(cluster, "daemonset")["spec"]["updateStrategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}


def test_a_partition_is_set_with_the_image(cluster: FakeCluster) -> None:
    make(cluster, "statefulset")
    update(cluster, "statefulset", container="web", image="web:2", partition=1)
    assert live(cluster, "statefulset")["spec"]["updateStrategy"]["rollingUpdate"] == {"partition": 1}


def test_a_stateful_set_is_recreated_by_way_of_none(cluster: FakeCluster) -> None:
    make(cluster, "statefulset", replicas=3)
    seen: list[tuple[int, str]] = []
    cluster.react("StatefulSet", lambda _, item: seen.append((item["spec"]["replicas"], images_of(item)["web"])))
    update(cluster, "statefulset", container="web", image="web:2", strategy="recreate")
    assert seen == [(0, "web:1"), (3, "web:2")]
    assert not live(cluster, "statefulset")["metadata"].get("annotations")


def test_a_stateful_set_that_was_left_at_none_comes_back_to_what_it_had(cluster: FakeCluster) -> None:
    left = workload("statefulset", replicas=0)
    left["metadata"]["annotations"] = {"cdkit.dev/desired-replicas": "3"}
    cluster.put(left)
    a_controller(cluster, live(cluster, "statefulset"))
    update(cluster, "statefulset", container="web", image="web:2", strategy="recreate")
    assert live(cluster, "statefulset")["spec"]["replicas"] == 3


class WithoutSurge(FakeCluster):
    """Drops a field that it is too old for."""

    def patch(self, ref: ObjectRef, patch: Any, kind: Any) -> Manifest:
        known = copy.deepcopy(patch)
        known.get("spec", {}).get("updateStrategy", {}).get("rollingUpdate", {}).pop("maxSurge", None)
        return super().patch(ref, known, kind)


def test_a_field_that_the_server_is_too_old_for_is_told() -> None:
    cluster = WithoutSurge("team")
    cluster.react("DaemonSet", a_controller)
    make(cluster, "daemonset")
    ended = update(cluster, "daemonset", container="web", image="web:2", surge="1")
    (told,) = [event.message for event in ended.events if isinstance(event, Warned)]
    assert told.startswith("The API server does not know DaemonSet.spec.updateStrategy.rollingUpdate.maxSurge yet")


def test_a_cron_job_says_when_it_runs_next(cluster: FakeCluster) -> None:
    make(cluster, "cronjob")
    lines = update(cluster, "cronjob", container="web", image="web:2").lines
    assert "CronJob web: its next run takes it, by its schedule `0 3 * * *`" in lines
    cluster.patch(ref_of("cronjob"), {"spec": {"suspend": True}}, "merge")
    lines = update(cluster, "cronjob", container="web", image="web:3").lines
    assert "CronJob web: its next run takes it; it is suspended" in lines


class OldCluster(FakeCluster):
    """Serves CronJobs only in the version before the stable one."""

    def get(self, ref: ObjectRef) -> Manifest | None:
        if (ref.api_version, ref.kind) == ("batch/v1", "CronJob"):
            raise not_served(Request("it", "read", ref.api_version, ref.kind))
        return super().get(ref)


def test_a_cron_job_is_found_on_an_older_server_too() -> None:
    cluster = OldCluster("team")
    cluster.put({**workload("cronjob"), "apiVersion": "batch/v1beta1"})
    assert update(cluster, "cronjob", container="web", image="web:2").outputs.changed is True


class Killed(BaseException):
    """The end of a process, in the middle of its work."""


class KilledWhenScaledDown(FakeCluster):
    """Ends the process right after a StatefulSet was scaled down, once."""

    def __init__(self) -> None:
        super().__init__("team")
        self.react("StatefulSet", a_controller)
        self._is_over = False

    def patch(self, ref: ObjectRef, patch: Any, kind: Any) -> Manifest:
        after = super().patch(ref, patch, kind)
        if not self._is_over and after.get("spec", {}).get("replicas") == 0:
            self._is_over = True
            raise Killed
        return after


def test_a_stateful_set_whose_recreation_was_killed_gets_its_replicas_back_when_the_next_one_fails() -> None:
    cluster = KilledWhenScaledDown()
    make(cluster, "statefulset", replicas=3)
    with pytest.raises(Killed):
        update(cluster, "statefulset", container="web", image="web:2", strategy="recreate")
    assert live(cluster, "statefulset")["spec"]["replicas"] == 0
    ended = update(cluster, "statefulset", container="web", image="bad:2", strategy="recreate")
    assert isinstance(ended.error, RolledBack)
    assert live(cluster, "statefulset")["spec"]["replicas"] == 3
    assert images_of(live(cluster, "statefulset"))["web"] == "web:1"
    assert not live(cluster, "statefulset")["metadata"].get("annotations")
