"""A test pod that runs, on a cluster in memory."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from cdkit.errors import Cancelled, ClusterUnreachable, ObjectNotFound, Unavailable, WorldFailed
from cdkit.flow.cancellation import Cancellation
from cdkit.models.build import Build
from cdkit.models.environment import Environment
from cdkit.models.kube import Manifest
from cdkit.step import StepContext
from cdkit.testing import FakeClock, FakeCluster, FakeWorld
from cdkit.testing.fake_container import FakeProgram
from cdkit.testing.steps import RecordedRun
from cdkit_pods.kubernetes.outages import ATTEMPTS
from cdkit_pods.kubernetes.runtime import KubernetesRuntime
from cdkit_pods.runtime import RunningPod
from cdkit_pods.spec import KEEPER, Container, PodSpec, Volume

NAMESPACE = "tests"
OPENING = ("/bin/busybox", "touch", "/.cdkit/open/test")


@pytest.fixture
def cluster() -> FakeCluster:
    return FakeCluster(NAMESPACE)


@pytest.fixture
def cancellation() -> Cancellation:
    return Cancellation()


@pytest.fixture
def running(cluster: FakeCluster, cancellation: Cancellation, tmp_path: Path) -> Iterator[RunningPod]:
    """A gated test with a keeper, of which nothing runs yet."""
    run = RecordedRun(
        world=FakeWorld(cluster=cluster),
        clock=FakeClock(auto_advance=True),
        workspace=tmp_path,
        build=Build(),
        environment=Environment("", "", NAMESPACE),
    )
    ctx = StepContext("unit", run, env={}, cancellation=cancellation)
    test = Container(name="test", image="i", command=("run",), gated=True)
    spec = PodSpec(step="unit", run_id="run-1", containers=(test,), volumes=(Volume(name="out"),), keeper=True)
    running = KubernetesRuntime(ctx).start(spec)
    yield running
    running.remove()


def let_keeper_be(cluster: FakeCluster, running: RunningPod, state: Manifest) -> None:
    status: Manifest = {"containerStatuses": [{"name": KEEPER, "state": state}]}
    cluster.put_status(running.ref, status)


def test_a_gate_is_opened_in_the_keeper(cluster: FakeCluster, running: RunningPod) -> None:
    let_keeper_be(cluster, running, {"running": {}})
    cluster.programs.on(*OPENING, program=FakeProgram())
    running.open("test")
    running.open("test")
    assert [(command.container, command.command) for command in cluster.executed] == [(KEEPER, OPENING)] * 2


def test_a_keeper_that_has_not_started_yet_is_waited_for(cluster: FakeCluster, running: RunningPod) -> None:
    cluster.programs.on(*OPENING, program=FakeProgram())
    opening = threading.Thread(target=running.open, args=("test",))
    opening.start()
    while not any(request.startswith("get Pod") for request in cluster.requests):
        assert opening.is_alive()
    assert cluster.executed == []
    let_keeper_be(cluster, running, {"running": {}})
    opening.join(10)
    assert [command.container for command in cluster.executed] == [KEEPER]


def test_waiting_for_the_keeper_ends_with_a_cancel(running: RunningPod, cancellation: Cancellation) -> None:
    cancellation.cancel(Cancelled())
    with pytest.raises(Cancelled):
        running.open("test")


def test_a_keeper_that_has_ended_and_a_pod_that_is_gone_are_told(cluster: FakeCluster, running: RunningPod) -> None:
    let_keeper_be(cluster, running, {"terminated": {"exitCode": 1}})
    with pytest.raises(WorldFailed, match=r"keeper of Pod .* has ended"):
        running.open("test")
    cluster.remove(running.ref)
    with pytest.raises(ObjectNotFound, match="is not in the namespace 'tests' any more"):
        running.open("test")


def test_a_gate_opens_though_the_connection_breaks(cluster: FakeCluster, running: RunningPod) -> None:
    let_keeper_be(cluster, running, {"running": {}})
    cluster.programs.on(*OPENING, program=FakeProgram())
    running.open("test")
    cluster.fail_next(*[ClusterUnreachable("It broke.")] * (ATTEMPTS - 1))
    running.open("test")
    cluster.fail_next(*[ClusterUnreachable("It broke.")] * ATTEMPTS)
    with pytest.raises(Unavailable):
        running.open("test")


def test_a_gate_that_does_not_open_says_why(cluster: FakeCluster, running: RunningPod) -> None:
    let_keeper_be(cluster, running, {"running": {}})
    cluster.programs.on(*OPENING, program=FakeProgram(exit_code=1, complains=("touch: no space left",)))
    with pytest.raises(WorldFailed, match=r"'test' of Pod .* cannot be started") as failed:
        running.open("test")
    assert failed.value.evidence == ("touch: no space left",)


def test_a_volume_is_not_waited_for_when_the_keeper_has_never_started(running: RunningPod) -> None:
    with pytest.raises(WorldFailed, match="has never started"):
        running.read_folder("out", Cancellation())


def test_the_volumes_of_a_pod_that_was_evicted_are_lost(cluster: FakeCluster, running: RunningPod) -> None:
    cluster.programs.on(*OPENING, program=FakeProgram())
    let_keeper_be(cluster, running, {"running": {}})
    running.open("test")
    cluster.put_status(running.ref, {"phase": "Failed", "reason": "Evicted", "containerStatuses": []})
    with pytest.raises(WorldFailed, match=r"keeper of Pod .* has ended"):
        running.read_folder("out", Cancellation())


def test_a_volume_is_read_through_the_keeper(cluster: FakeCluster, running: RunningPod) -> None:
    let_keeper_be(cluster, running, {"running": {}})
    archive = bytes(1024)
    cluster.programs.on("/bin/busybox", program=FakeProgram(output=archive))
    assert b"".join(running.read_folder("out", Cancellation())) == archive
    (command,) = cluster.executed
    assert command.command[-1] == "/cdkit/volumes/out"
