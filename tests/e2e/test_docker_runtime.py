"""Test pods on a real Docker engine."""

from __future__ import annotations

import io
import shlex
import subprocess
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cdkit.clients.engine.containers.engine import DockerContainers
from cdkit.diagnosis.judge import Decision
from cdkit.flow.cancellation import Cancellation
from cdkit.models.container import HealthCheck
from cdkit.models.duration import Duration
from cdkit.models.kube import ObjectQuery
from cdkit.step import StepContext
from cdkit_pods.docker.naming import POD
from cdkit_pods.docker.runtime import DockerRuntime
from cdkit_pods.looks import ContainerLook
from cdkit_pods.runtime import RunningPod
from cdkit_pods.spec import KEEPER, Container, Mount, PodSpec, Volume
from tests.real_world import eventually

from .runtime_place import push_own_image, real_context
from .tiny import push_tiny_image

Start = Callable[..., RunningPod]

DATA = Mount(volume="data", path="/data")
REPORTS = Mount(volume="reports", path="/reports")


@pytest.fixture(scope="session")
def helper_image(registry: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    return push_tiny_image(tmp_path_factory.mktemp("helper"), registry)


@pytest.fixture(scope="session")
def own_image(registry: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    return push_own_image(tmp_path_factory.mktemp("own"), registry)


@pytest.fixture
def ctx(registry: str, tmp_path: Path) -> StepContext:
    return real_context("", "", tmp_path)


@pytest.fixture
def engine() -> DockerContainers:
    return DockerContainers()


@pytest.fixture
def start(ctx: StepContext, helper_image: str) -> Iterator[Start]:
    """Start a pod; it is removed after the test, and nothing of it is left."""
    runtime = DockerRuntime(ctx)
    names: list[str] = []

    def begin(*containers: Container, **settings: Any) -> RunningPod:
        spec = PodSpec(step="tests", run_id="run-1", containers=containers, keeper_image=helper_image, **settings)
        assert list(runtime.check(spec)) == []
        running = runtime.start(spec)
        names.append(running.ref.name)
        ctx.defer(f"remove {running.ref}", running.remove)
        return running

    yield begin
    ctx.clean_up()
    assert not [name for name in names if ctx.containers.containers({POD: name}) or ctx.containers.volumes({POD: name})]


def shell(image: str, script: str, name: str = "test", **settings: Any) -> Container:
    return Container(name=name, image=image, command=("/bin/sh", "-c", script), **settings)


def follow(ctx: StepContext, running: RunningPod) -> Decision:
    return ctx.follow_pod(running.ref, "test", lambda _: None, source=running.source)


def cause_of(decision: Decision) -> str:
    return decision.cause.id if decision.cause is not None else ""


def look(running: RunningPod, container: str) -> ContainerLook:
    return ContainerLook.at(running.source.list(ObjectQuery("v1", "Pod"))[0][0], container)


def output_of(running: RunningPod, container: str, *command: str) -> bytes:
    with running.execute(container, command, cancellation=Cancellation()) as execution:
        return b"".join(execution.output())


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


def test_tests_without_anything_beside_them(start: Start, ctx: StepContext, helper_image: str) -> None:
    running = start(
        shell(helper_image, "echo $GREETING; grep shop /etc/hosts", env={"GREETING": "hi"}), aliases=("shop",)
    )
    assert follow(ctx, running).state == "succeeded"
    assert log_of(running) == ["hi", "127.0.0.1\tshop"]


def test_tests_and_a_service_share_network_names_and_volumes_without_being_root(
    start: Start, ctx: StepContext, helper_image: str, own_image: str
) -> None:
    service = shell(helper_image, "while busybox nc -l -p 5432 -e busybox echo served; do :; done", "db")
    test = Container(
        name="test", image=own_image, env={"GREETING": "$$ `x`"}, mounts=(DATA, REPORTS), gated=True, needs_health=True
    )
    volumes = (Volume(name="data"), Volume(name="reports", in_memory=True, size=1 << 20))
    running = start(service, test, volumes=volumes, aliases=("db",), keeper=True)
    running.write_folder("data", [archive_of("given", b"from the checkout\n")], Cancellation())
    assert look(running, "test").phase == "waiting", "it is not open"
    eventually(lambda: output_of(running, KEEPER, "/bin/busybox", "nc", "db", "5432") == b"served\n")

    running.open("test")
    running.open("test")

    decision = follow(ctx, running)
    assert decision.state == "succeeded", decision
    assert log_of(running) == ["own wc: -l two words, $$ `x`", "1234", "from the checkout"]
    assert files_in(running.read_folder("reports", Cancellation())) == {"./greeting": b"$$ `x`\n"}


def test_what_keeps_tests_from_running_is_told_as_a_cluster_tells_it(
    start: Start, ctx: StepContext, helper_image: str, registry: str
) -> None:
    def of(container: Container) -> str:
        return cause_of(follow(ctx, start(container)))

    assert of(Container(name="test", image=f"{registry}/cdkit-test/nowhere:1")) == "image-not-found"
    assert of(Container(name="test", image=helper_image, command=("nowhere",))) == "command-not-found"
    assert of(Container(name="test", image=helper_image, command=("/mark",))) == "command-not-executable"
    assert of(shell(helper_image, "exit 3")) == "command-failed"
    # The engine begins to listen for it only after it has started a program.
    greedy = "busybox sleep 1; dd if=/dev/zero of=/dev/null bs=200M"
    assert of(shell(helper_image, greedy, memory=20 << 20)) == "oom-killed"


def test_a_service_is_ready_when_its_health_check_says_so(start: Start, helper_image: str) -> None:
    health = HealthCheck(command=("/bin/sh", "-c", "test -e /tmp-is-there"), interval=0.3, retries=100)
    test = shell(helper_image, "sleep 0.5; : >/tmp-is-there; sleep 600", health=health)
    running = start(test)
    eventually(lambda: look(running, "test").phase == "running")
    eventually(lambda: look(running, "test").ready)


def test_a_pod_that_is_kept_is_looked_at_and_removed_with_the_commands_that_are_told(
    start: Start, ctx: StepContext, engine: DockerContainers, helper_image: str
) -> None:
    running = start(shell(helper_image, "echo seen"), volumes=(Volume(name="data"),), keeper=True)
    assert follow(ctx, running).state == "succeeded"
    commands = [shlex.split(command) for command in running.keep(Duration(3600))]
    assert running.ref.name not in str(DockerRuntime(ctx).sweep())
    logs, _, _, *removals = commands
    assert subprocess.run(logs, check=True, capture_output=True, text=True).stdout == "seen\n"
    for removal in removals:
        subprocess.run(removal, check=True, capture_output=True)
    assert not engine.containers({POD: running.ref.name})
    assert not engine.volumes({POD: running.ref.name})


def test_a_volume_in_memory_holds_no_more_than_its_size(start: Start, ctx: StepContext, helper_image: str) -> None:
    fill = "busybox dd if=/dev/zero of=/data/big bs=64k count=100 2>/dev/null; busybox stat -c %s /data/big"
    volume = Volume(name="data", in_memory=True, size=1 << 20)
    running = start(shell(helper_image, fill, mounts=(DATA,)), volumes=(volume,), keeper=True)
    assert follow(ctx, running).state == "succeeded"
    assert log_of(running) == [str(1 << 20)]


def test_limits_are_those_of_the_spec(start: Start, ctx: StepContext, helper_image: str) -> None:
    script = "df /dev/shm | tail -1; ulimit -v; grep NoNewPrivs /proc/self/status"
    running = start(shell(helper_image, script.replace("df", "busybox df"), shared_memory=8 << 20, cpus=0.5))
    assert follow(ctx, running).state == "succeeded"
    shm, _, privileges = log_of(running)
    assert shm.split()[1] == str((8 << 20) // 1024)
    assert privileges.split() == ["NoNewPrivs:", "1"]
