"""The pod that tests run in."""

from __future__ import annotations

import pytest

from cdkit.errors import WorkFailed, WorldFailed
from cdkit.models.environment import Environment
from cdkit.models.kube import Manifest, ObjectQuery, ObjectRef
from cdkit.testing import FakeClock, FakeCluster, FakeWorld, StepRun, run_step
from cdkit_pods.run_test_pod import RunTestPod

PODS = ObjectQuery("v1", "Pod", "tests")


@pytest.fixture
def cluster() -> FakeCluster:
    return FakeCluster("tests")


def a_kubelet(cluster: FakeCluster, code: int) -> None:
    """Let every pod end at once with an exit code, after it has printed a line."""

    def end(_: FakeCluster, pod: Manifest) -> None:
        if "status" in pod:
            return
        ref = ObjectRef.of(pod)
        cluster.logs_of_pods.write(ref.name, "test", "one test ran")
        ended = {"exitCode": code, "reason": "Completed" if code == 0 else "Error"}
        status = {"name": "test", "image": "image", "ready": False, "restartCount": 0, "state": {"terminated": ended}}
        phase = "Succeeded" if code == 0 else "Failed"
        cluster.put({**pod, "status": {"phase": phase, "containerStatuses": [status]}})

    cluster.react("Pod", end)


def run(cluster: FakeCluster, code: int) -> StepRun:
    a_kubelet(cluster, code)
    world = FakeWorld(cluster=cluster)
    return run_step(
        RunTestPod, {"image": "image"}, world=world, environment=Environment("", "", "tests"), clock=FakeClock()
    )


def test_a_pod_that_ends_well_is_removed_after_its_log_was_shown(cluster: FakeCluster) -> None:
    ended = run(cluster, 0)
    assert ended.error is None, ended.error
    assert "one test ran" in ended.lines
    assert cluster.list(PODS)[0] == []


def test_a_pod_that_ends_badly_is_the_projects_failure_and_is_removed_too(cluster: FakeCluster) -> None:
    ended = run(cluster, 3)
    assert isinstance(ended.error, WorkFailed)
    assert "exit code 3" in ended.error.message
    assert "one test ran" in ended.error.evidence
    assert cluster.list(PODS)[0] == []


def test_a_pod_that_somebody_deletes_is_no_success(cluster: FakeCluster) -> None:
    cluster.react("Pod", lambda _, pod: cluster.remove(ObjectRef.of(pod)))
    world = FakeWorld(cluster=cluster)
    ended = run_step(
        RunTestPod, {"image": "image"}, world=world, environment=Environment("", "", "tests"), clock=FakeClock()
    )
    assert isinstance(ended.error, WorldFailed)
    assert ended.error.cause == "pod-gone"


def test_options_are_read_as_from_a_file_and_reach_the_pod(cluster: FakeCluster) -> None:
    asked: list[Manifest] = []
    cluster.react("Pod", lambda _, pod: asked.append(pod))
    a_kubelet(cluster, 0)
    options = {"image": "image", "cpu": 2, "memory": "64Mi", "longest": "90s"}
    ended = run_step(
        RunTestPod,
        options,
        world=FakeWorld(cluster=cluster),
        environment=Environment("", "", "tests"),
        clock=FakeClock(),
    )
    assert ended.error is None, ended.error
    spec = asked[0]["spec"]
    assert spec["activeDeadlineSeconds"] > 90
    assert spec["containers"][0]["resources"]["limits"] == {"cpu": "2000m", "memory": "64Mi"}


def test_what_is_missing_is_told_before_anything_is_made(cluster: FakeCluster) -> None:
    cluster.deny("create", "pods")
    world = FakeWorld(cluster=cluster)
    ended = run_step(
        RunTestPod, {"image": "image"}, world=world, environment=Environment("", "", "elsewhere"), clock=FakeClock()
    )
    messages = [problem.message for problem in ended.problems]
    assert "The namespace 'elsewhere' of 'run-test-pod' does not exist in the cluster." in messages
    assert "The account of the build may not create pods in 'elsewhere'." in messages
