"""A ReplicationController hands over to a second one, and a run that is killed at any request can be gone on with."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from cdkit.errors import Refused, RolledBack
from cdkit.models.environment import Environment
from cdkit.models.kube import Manifest, ObjectQuery, ObjectRef
from cdkit.testing import FakeCluster, FakeWorld, StepRun, run_step
from cdkit_deploy.set_image import SetImage

WEB = ObjectRef("v1", "ReplicationController", "web", "team")
WRITES = ("create", "patch", "delete")


class Killed(BaseException):
    """The end of a process, in the middle of its work."""


class WithControllers(FakeCluster):
    """A cluster whose ReplicationControllers have pods: wanted ones come, surplus ones go, orphans are adopted.

    Attributes:
        least: the smallest number of pods that were ready at the same time.
        most: the largest number of pods.
        killed_at: the write request before which the process ends; 0 for none.
    """

    def __init__(self) -> None:
        super().__init__("team")
        self._numbers = itertools.count(1)
        self.react("ReplicationController", lambda *_: self.settle())
        self.least, self.most = 1000, 0
        self.killed_at = self.writes = 0

    def pods(self, **labels: str) -> list[Manifest]:
        selector = ",".join(f"{name}={value}" for name, value in labels.items())
        return FakeCluster.list(self, ObjectQuery("v1", "Pod", "team", selector))[0]

    def controllers(self) -> list[Manifest]:
        return FakeCluster.list(self, ObjectQuery("v1", "ReplicationController", "team"))[0]

    def settle(self) -> None:
        """What the controllers do, until there is nothing to do."""
        for controller in self.controllers():
            self._release(controller)
        for controller in self.controllers():
            mine = self._claim(controller)
            wanted = controller["spec"]["replicas"]
            for pod in mine[wanted:]:
                self.remove(ObjectRef.of(pod))
            for _ in range(wanted - len(mine)):
                self._start(controller)
            self._count()
            self._tell(controller)

    def _release(self, controller: Manifest) -> None:
        for pod in self.pods():
            if _owner(pod) == controller["metadata"]["uid"] and not _matches(controller, pod):
                self.put({**pod, "metadata": {**pod["metadata"], "ownerReferences": []}})

    def _claim(self, controller: Manifest) -> list[Manifest]:
        reference = {"kind": "ReplicationController", "name": "x", "uid": controller["metadata"]["uid"]}
        mine = []
        for pod in self.pods():
            if _owner(pod) == "" and _matches(controller, pod):
                pod = self.put({**pod, "metadata": {**pod["metadata"], "ownerReferences": [reference]}})  # noqa: PLW2901
            if _owner(pod) == controller["metadata"]["uid"]:
                mine.append(pod)
        return sorted(mine, key=_is_ready)

    def _start(self, controller: Manifest) -> None:
        template = controller["spec"]["template"]
        reference = {"kind": "ReplicationController", "name": "x", "uid": controller["metadata"]["uid"]}
        metadata = {
            "name": f"pod-{next(self._numbers)}",
            "namespace": "team",
            "labels": template["metadata"]["labels"],
            "ownerReferences": [reference],
        }
        self.put({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"]})

    def _count(self) -> None:
        pods = self.pods(app="web")
        self.least, self.most = min(self.least, sum(map(_is_ready, pods))), max(self.most, len(pods))

    def _tell(self, controller: Manifest) -> None:
        live = FakeCluster.get(self, ObjectRef.of(controller)) or controller
        mine = [pod for pod in self.pods() if _owner(pod) == controller["metadata"]["uid"]]
        ready = sum(map(_is_ready, mine))
        generation = live["metadata"]["generation"]
        status = {
            "replicas": len(mine),
            "readyReplicas": ready,
            "availableReplicas": ready,
            "observedGeneration": generation,
        }
        if live.get("status") != status:
            self.put({**live, "status": status})

    # Requests

    def create(self, manifest: Manifest) -> Manifest:
        self._written()
        return super().create(manifest)

    def patch(self, ref: ObjectRef, patch: Any, kind: Any) -> Manifest:
        self._written()
        return super().patch(ref, patch, kind)

    def delete(self, ref: ObjectRef, *, grace_seconds: int | None = None, orphan: bool = False) -> bool:
        self._written()
        was_there = super().delete(ref, grace_seconds=grace_seconds, orphan=orphan)
        self.settle()
        return was_there

    def _written(self) -> None:
        self.writes += 1
        if self.writes == self.killed_at:
            raise Killed


def _owner(pod: Manifest) -> str:
    owners = pod["metadata"].get("ownerReferences") or [{"uid": ""}]
    return str(owners[0]["uid"])


def _matches(controller: Manifest, pod: Manifest) -> bool:
    selector = controller["spec"]["selector"]
    return bool(selector.items() <= pod["metadata"]["labels"].items())


def _is_ready(pod: Manifest) -> bool:
    return "bad" not in pod["spec"]["containers"][0]["image"]


def controller(image: str = "web:1", replicas: int = 3) -> Manifest:
    labels = {"app": "web"}
    template = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "web", "image": image}]}}
    spec = {"replicas": replicas, "selector": labels, "template": template}
    return {
        "apiVersion": "v1",
        "kind": "ReplicationController",
        "metadata": {"name": "web", "namespace": "team", "labels": {"team": "a"}},
        "spec": spec,
    }


@pytest.fixture
def cluster() -> WithControllers:
    return running()


def running() -> WithControllers:
    cluster = WithControllers()
    cluster.put(controller())
    cluster.settle()
    cluster.least, cluster.most = 1000, 0
    return cluster


def update(cluster: FakeCluster, image: str, **options: Any) -> StepRun:
    wanted = {
        "workload": "web",
        "kind": "replicationcontroller",
        "image": image,
        "wait": "30s",
        "preflight": "off",
        **options,
    }
    return run_step(SetImage, wanted, world=FakeWorld(cluster=cluster), environment=Environment("", "", "team"))


def images(cluster: WithControllers) -> list[str]:
    return [pod["spec"]["containers"][0]["image"] for pod in cluster.pods(app="web")]


def is_settled(cluster: WithControllers, image: str) -> None:
    """One controller of the old name, with all its pods, and nothing left of the update."""
    (only,) = cluster.controllers()
    assert only["metadata"]["name"] == "web"
    assert only["metadata"]["labels"] == {"team": "a"}
    assert not only["metadata"].get("annotations")
    assert only["spec"]["template"]["spec"]["containers"][0]["image"] == image
    assert (images(cluster), only["status"]["availableReplicas"]) == ([image] * 3, 3)
    assert {_owner(pod) for pod in cluster.pods()} == {only["metadata"]["uid"]}


def test_pods_are_replaced_in_turns_and_the_name_stays(cluster: WithControllers) -> None:
    ended = update(cluster, "web:2")
    assert ended.outputs.changed is True
    scaled = [line.replace(name_of_next(ended), "NEXT") for line in ended.lines if line.startswith("Scaling")]
    assert scaled == [
        "Scaling ReplicationController NEXT up to 1.",
        "Scaling ReplicationController web down to 2.",
        "Scaling ReplicationController NEXT up to 2.",
        "Scaling ReplicationController web down to 1.",
        "Scaling ReplicationController NEXT up to 3.",
        "Scaling ReplicationController web down to 0.",
    ]
    is_settled(cluster, "web:2")
    assert (cluster.least, cluster.most) == (3, 4)


def name_of_next(ended: StepRun) -> str:
    return next(line.split()[2] for line in ended.lines if line.startswith("Scaling ReplicationController web-"))


def test_the_next_update_needs_no_more_labels(cluster: WithControllers) -> None:
    update(cluster, "web:2")
    update(cluster, "web:3")
    is_settled(cluster, "web:3")
    update(cluster, "web:2")
    is_settled(cluster, "web:2")


def test_recreating_never_runs_two_versions_at_once(cluster: WithControllers) -> None:
    seen: set[tuple[str, ...]] = set()
    cluster.react("ReplicationController", lambda *_: seen.add(tuple(sorted(set(images(cluster))))))
    update(cluster, "web:2", strategy="recreate")
    is_settled(cluster, "web:2")
    assert seen <= {("web:1",), (), ("web:2",)}


def test_surge_and_unavailable_are_kept_to(cluster: WithControllers) -> None:
    update(cluster, "web:2", surge="0", unavailable="2")
    is_settled(cluster, "web:2")
    assert (cluster.least, cluster.most) == (1, 3)


def test_pods_that_never_become_ready_are_taken_back(cluster: WithControllers) -> None:
    ended = update(cluster, "bad:2")
    assert isinstance(ended.error, RolledBack)
    is_settled(cluster, "web:1")
    assert cluster.least == 3


class LateController(WithControllers):
    """Its controller sees a change only when somebody looks for what it has observed; until then it has made no pod."""

    late = True

    def settle(self) -> None:
        if not self.late:
            super().settle()

    def watched(self, query: ObjectQuery) -> None:
        if self.late and query.kind == "ReplicationController" and query.field_selector:
            self.late = False
            for _ in range(3):
                self._start({**self.controllers()[0], **controller()} | {"metadata": self.controllers()[0]["metadata"]})
            self.settle()

    def list(self, query: ObjectQuery) -> Any:
        self.watched(query)
        return super().list(query)


def test_pods_that_a_late_controller_makes_of_the_template_before_are_taken_over_too() -> None:
    """It was made a moment ago: its pods come while its update begins already."""
    cluster = LateController()
    cluster.put(controller())
    assert update(cluster, "web:2").error is None
    is_settled(cluster, "web:2")


def test_what_runs_already_is_left_alone(cluster: WithControllers) -> None:
    ended = update(cluster, "web:1")
    assert "ReplicationController web runs web:1 already; nothing was changed." in ended.lines
    assert ended.outputs.changed is False


def all_writes() -> int:
    cluster = running()
    update(cluster, "web:2")
    return cluster.writes


@pytest.mark.parametrize("moment", range(1, all_writes() + 1))
def test_a_run_that_was_killed_before_any_write_is_gone_on_with(moment: int) -> None:
    cluster = running()
    cluster.killed_at = moment
    with pytest.raises(Killed):
        update(cluster, "web:2")
    ended = update(cluster, "web:2")
    assert ended.error is None
    is_settled(cluster, "web:2")
    assert cluster.least >= 3


@pytest.mark.parametrize("moment", range(1, all_writes() + 1))
def test_or_it_is_taken_back_or_refused_and_no_third_image_comes(moment: int) -> None:
    cluster = running()
    cluster.killed_at = moment
    with pytest.raises(Killed):
        update(cluster, "web:2")
    ended = update(cluster, "web:3")
    if ended.error is None:
        is_settled(cluster, "web:3")
    else:
        assert isinstance(ended.error, Refused)
        assert "was interrupted, and is not one to what is wanted now" in ended.error.message
        assert "web:3" not in images(cluster)


@pytest.mark.parametrize("moment", range(1, all_writes() + 1))
def test_the_old_image_takes_an_interrupted_update_back(moment: int) -> None:
    cluster = running()
    cluster.killed_at = moment
    with pytest.raises(Killed):
        update(cluster, "web:2")
    assert update(cluster, "web:1").error is None
    is_settled(cluster, "web:1")


def test_an_update_that_kubectl_has_begun_is_known(cluster: WithControllers) -> None:
    """As it left things: its own name for the new controller, and its annotations."""
    old = cluster.get(WEB) or {}
    old["spec"]["selector"]["deployment"] = old["spec"]["template"]["metadata"]["labels"]["deployment"] = "aaa"
    for pod in cluster.pods():
        pod["metadata"]["labels"]["deployment"] = "aaa"
        cluster.put(pod)
    old["metadata"]["annotations"] = {
        "kubectl.kubernetes.io/next-controller-id": "web-kubectl",
        "kubectl.kubernetes.io/original-replicas": "3",
    }
    old["spec"]["replicas"] = 2
    new = controller("web:2", replicas=1)
    new["metadata"]["name"] = "web-kubectl"
    new["metadata"]["annotations"] = {"kubectl.kubernetes.io/desired-replicas": "3"}
    new["spec"]["selector"] = new["spec"]["template"]["metadata"]["labels"] = {"app": "web", "deployment": "bbb"}
    cluster.put(old)
    cluster.put(new)
    cluster.settle()
    with pytest.raises(Refused):
        _ = update(cluster, "web:3").outputs
    assert update(cluster, "web:2").error is None
    is_settled(cluster, "web:2")
