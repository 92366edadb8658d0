"""Test pods on a real cluster."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cdkit.clients.kube.cluster import KubernetesCluster
from cdkit.flow.cancellation import Cancellation
from cdkit.models.container import HealthCheck
from cdkit.models.duration import Duration
from cdkit.models.kube import ObjectQuery, ObjectRef
from cdkit.step import StepContext
from cdkit_pods.kubernetes.runtime import KubernetesRuntime
from cdkit_pods.looks import ContainerLook
from cdkit_pods.runtime import RunningPod
from cdkit_pods.spec import Container, Mount, PodSpec, Volume
from tests.real_world import eventually

from .runtime_place import push_own_image, real_context
from .tiny import push_tiny_image

Start = Callable[..., RunningPod]


@pytest.fixture(scope="session")
def helper_image(registry: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    return push_tiny_image(tmp_path_factory.mktemp("helper"), registry)


@pytest.fixture(scope="session")
def own_image(registry: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    return push_own_image(tmp_path_factory.mktemp("own"), registry)


@pytest.fixture
def ctx(kubeconfig: str, namespace: str, tmp_path: Path) -> StepContext:
    return real_context(kubeconfig, namespace, tmp_path)


@pytest.fixture
def start(ctx: StepContext, helper_image: str) -> Iterator[Start]:
    """Start a pod; it is removed after the test."""
    runtime = KubernetesRuntime(ctx)

    def begin(*containers: Container, **settings: Any) -> RunningPod:
        spec = PodSpec(step="tests", run_id="run-1", containers=containers, keeper_image=helper_image, **settings)
        assert list(runtime.check(spec)) == []
        running = runtime.start(spec)
        ctx.defer(f"remove {running.ref}", running.remove)
        return running

    yield begin
    ctx.clean_up()


def shell(image: str, script: str, **settings: Any) -> Container:
    return Container(name="test", image=image, command=("/bin/sh", "-c", script), **settings)


def look(cluster: KubernetesCluster, running: RunningPod, container: str) -> ContainerLook:
    pod = cluster.get(running.ref)
    assert pod is not None
    return ContainerLook.at(pod, container)


def ended(cluster: KubernetesCluster, running: RunningPod, container: str = "test") -> ContainerLook:
    """How a container has ended, once it has."""

    def seen() -> ContainerLook | None:
        now = look(cluster, running, container)
        return now if now.phase == "ended" else None

    found: ContainerLook = eventually(seen, 60)
    return found


def log_of(running: RunningPod, container: str = "test") -> list[str]:
    return [line.text for lines in running.log(container, since="", cancellation=Cancellation()) for line in lines]


def archive_of(name: str, content: bytes) -> bytes:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as tar:
        member = tarfile.TarInfo(name)
        member.size, member.mode = len(content), 0o600
        tar.addfile(member, io.BytesIO(content))
    return written.getvalue()


def files_in(archive: Iterator[bytes]) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(b"".join(archive))) as tar:
        return {member.name: (tar.extractfile(member) or io.BytesIO()).read() for member in tar if member.isfile()}


def test_a_gated_program_is_the_images_own_and_shares_volumes_without_being_root(
    start: Start, cluster: KubernetesCluster, own_image: str
) -> None:
    mounts = (Mount(volume="data", path="/data"), Mount(volume="reports", path="/reports"))
    greeting = {"GREETING": "$$ $(HOME) `x`"}
    test = Container(name="test", image=own_image, env=greeting, mounts=mounts, gated=True, needs_health=True)
    running = start(test, volumes=(Volume(name="data"), Volume(name="reports", in_memory=True)), keeper=True)
    running.write_folder("data", [archive_of("given", b"from the checkout\n")], Cancellation())
    assert look(cluster, running, "test").phase != "ended", "it waits for its gate"

    running.open("test")
    running.open("test")

    assert ended(cluster, running).exit_code == 0
    assert log_of(running) == ["own wc: -l two words, $$ $(HOME) `x`", "1234", "from the checkout"]
    assert files_in(running.read_folder("reports", Cancellation())) == {"./greeting": b"$$ $(HOME) `x`\n"}


def test_health_is_that_of_the_program_and_not_of_its_gate(
    start: Start, cluster: KubernetesCluster, helper_image: str
) -> None:
    health = HealthCheck(command=("/bin/sh", "-c", "test $$ -gt 1"))
    db = Container(name="db", image=helper_image, command=("/bin/sh", "-c", "sleep 600"), gated=True, health=health)
    running = start(db, shell(helper_image, "exit 0"), keeper=True, aliases=("db",))
    ended(cluster, running)
    assert not look(cluster, running, "db").ready
    running.open("db")
    eventually(lambda: look(cluster, running, "db").ready)
    with running.execute("db", ["/bin/busybox", "cat", "/etc/hosts"], cancellation=Cancellation()) as execution:
        assert b"127.0.0.1\tdb" in b"".join(execution.output())


def test_a_program_that_is_not_there_is_told_as_without_a_gate(
    start: Start, ctx: StepContext, helper_image: str
) -> None:
    running = start(Container(name="test", image=helper_image, command=("serve",), gated=True), keeper=True)
    running.open("test")
    decision = ctx.follow_pod(running.ref, "test", lambda _: None)
    assert decision.cause is not None
    assert (decision.cause.id, decision.state) == ("command-not-found", "failed")
    assert "the command serve does not exist" in decision.cause.sentence


def test_secrets_reach_the_tests_alone_and_go_with_the_pod(
    start: Start, cluster: KubernetesCluster, namespace: str, helper_image: str
) -> None:
    secrets = ObjectQuery("v1", "Secret", namespace, "cdkit.dev/test-pod=true")
    running = start(shell(helper_image, """test "${TOKEN#s?????}" = ' $$'""", secret_env={"TOKEN": "s3cr3t $$"}))
    assert ended(cluster, running).exit_code == 0
    assert "s3cr3t" not in str(cluster.get(running.ref))
    assert len(cluster.list(secrets)[0]) == 1
    running.remove()
    running.remove()
    assert cluster.list(secrets)[0] == []
    eventually(lambda: cluster.get(running.ref) is None)


def test_an_own_namespace_is_limited_and_gone_with_the_pod(
    start: Start, cluster: KubernetesCluster, helper_image: str
) -> None:
    running = start(shell(helper_image, "exit 3", memory=64 << 20), own_namespace=True, keeper=True)
    name = running.ref.namespace
    assert ended(cluster, running).exit_code == 3
    pod = cluster.get(running.ref)
    assert pod is not None
    assert all({"cpu", "memory"} <= item["resources"]["limits"].keys() for item in pod["spec"]["containers"])
    running.remove()
    assert cluster.get(ObjectRef("v1", "Namespace", name)) is None


def test_what_is_kept_for_a_look_is_no_orphan(
    start: Start, cluster: KubernetesCluster, ctx: StepContext, helper_image: str
) -> None:
    running = start(shell(helper_image, "exit 0"))
    running.keep(Duration(3600))
    assert KubernetesRuntime(ctx).sweep() == []
    pod = cluster.get(running.ref)
    assert pod is not None
    assert "cdkit.dev/kept-until" in pod["metadata"]["annotations"]
