"""Test pods on an engine in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cdkit.diagnosis.companion import Companions
from cdkit.diagnosis.judge import Decision
from cdkit.diagnosis.single_pod import diagnose_test_pod
from cdkit.errors import Cancelled, CheckFailed, EngineUnreachable, WorldFailed
from cdkit.flow.cancellation import Cancellation
from cdkit.flow.clock import SystemClock
from cdkit.models.build import Build
from cdkit.models.container import HealthCheck, ImageConfig
from cdkit.models.duration import Duration
from cdkit.models.environment import Environment
from cdkit.models.event import Warned
from cdkit.models.kube import Manifest, ObjectQuery
from cdkit.step import StepContext
from cdkit.testing import FakeClock, FakeContainerEngine, FakeProgram, FakeWorld
from cdkit.testing.fake_files import packed, unpacked
from cdkit.testing.steps import RecordedRun
from cdkit_pods.docker.naming import POD
from cdkit_pods.docker.running_pod import DockerPod
from cdkit_pods.docker.runtime import DockerRuntime
from cdkit_pods.ownership import LEASE, Machine, Owner, Runner, expiring
from cdkit_pods.spec import Container, Mount, PodSpec, Volume
from tests.real_world import eventually

TEST = Container(name="test", image="tests:1", command=("run-tests",))
SERVICE = Container(name="db", image="db:1", command=("serve",))
ENDLESS = Container(name="test", image="tests:1", command=("serve",))
CHMOD = ("/bin/busybox", "chmod")
PODS = ObjectQuery("v1", "Pod")


def a_spec(*containers: Container, **settings: Any) -> PodSpec:
    return PodSpec(step="Unit_Tests", run_id="run-1", containers=containers or (TEST,), **settings)


def with_keeper(*containers: Container, **settings: Any) -> PodSpec:
    return a_spec(*containers, keeper=True, keeper_image="busybox:1", **settings)


class Place:
    """A step that uses an engine in memory, which has the images and the programs of these tests."""

    def __init__(self, folder: Path) -> None:
        self.engine = FakeContainerEngine()
        for image in ("tests:1", "db:1", "busybox:1"):
            self.engine.images[image] = ImageConfig()
        self.engine.on("run-tests", program=FakeProgram(prints=("ok",)))
        self.engine.on("serve", program=FakeProgram(prints=("up",), stays=True))
        self.engine.on(*CHMOD, program=FakeProgram())
        self.clock = FakeClock(auto_advance=True)
        self.cancellation = Cancellation()
        self.machine = Machine()
        self.run = RecordedRun(
            world=FakeWorld(containers=self.engine),
            clock=self.clock,
            workspace=folder,
            build=Build(),
            environment=Environment(),
        )

    def context(self) -> StepContext:
        return StepContext("unit", self.run, env={}, cancellation=self.cancellation)

    def runtime(self) -> DockerRuntime:
        return DockerRuntime(self.context(), self.machine)

    def start(self, spec: PodSpec) -> DockerPod:
        running = self.runtime().start(spec)
        assert isinstance(running, DockerPod)
        return running

    def follow(self, running: DockerPod, *, services: tuple[str, ...] = ()) -> Decision:
        """Judge a pod as the step does."""
        self.use_real_time()
        return self.context().follow_pod(
            running.ref, "test", lambda _: None, source=running.source, companions=Companions(services)
        )

    def use_real_time(self) -> None:
        """Wait for what other threads do."""
        self.run.clock = SystemClock()

    def carried_out(self, spec: PodSpec) -> Decision:
        running = self.start(spec)
        decision = self.follow(running)
        running.remove()
        return decision

    def is_empty(self) -> bool:
        return not self.engine.containers({}) and not self.engine.volumes({})


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    made = Place(tmp_path)
    yield made
    made.cancellation.cancel(Cancelled())


def state_of(pod: Manifest, container: str) -> dict[str, Any]:
    statuses = {status["name"]: status for status in pod["status"]["containerStatuses"]}
    state: dict[str, Any] = statuses[container]["state"]
    return state


def is_in(running: DockerPod, container: str, kind: str) -> Callable[[], bool]:
    """Whether a container of a pod has come to a state."""
    return lambda: kind in state_of(running.source.list(PODS)[0][0], container)


# A pod of one container


def test_tests_that_end_well_are_passed_and_leave_nothing(place: Place) -> None:
    assert place.carried_out(a_spec()).state == "succeeded"
    assert place.is_empty()


def test_a_pod_of_one_container_is_no_more_than_that(place: Place) -> None:
    place.carried_out(a_spec(aliases=("shop.local",)))
    (request,) = place.engine.requests
    assert request.hosts == {"shop.local": "127.0.0.1"}
    assert not request.network
    assert not request.new_privileges


def test_what_the_image_says_stands_where_the_spec_says_nothing(place: Place) -> None:
    place.engine.images["tests:1"] = ImageConfig(entrypoint=("run-tests",), command=("--all",))
    place.carried_out(a_spec(Container(name="test", image="tests:1")))
    place.carried_out(a_spec(Container(name="test", image="tests:1", args=("--one",))))
    place.carried_out(a_spec(TEST))
    words = [(request.entrypoint, request.command) for request in place.engine.requests]
    assert words == [(None, None), (None, ("--one",)), (("run-tests",), ())]


def test_secrets_are_in_the_environment_of_the_container_and_nowhere_else(place: Place) -> None:
    secret = Container(name="test", image="tests:1", command=("run-tests",), secret_env={"TOKEN": "s3cr3t"})
    running = place.start(a_spec(secret))
    eventually(is_in(running, "test", "terminated"))
    (request,) = place.engine.requests
    assert request.env == {"TOKEN": "s3cr3t"}
    assert "s3cr3t" not in str((request.labels, request.name, request.command, running.source.list(PODS)))
    running.remove()


def test_what_a_container_asks_for_is_what_it_may_use(place: Place) -> None:
    asking = Container(
        name="test",
        image="tests:1",
        command=("run-tests",),
        working_dir="/src",
        cpus=0.5,
        memory=64 << 20,
        shared_memory=8 << 20,
    )
    running = place.start(a_spec(asking, aliases=("db",)))
    eventually(is_in(running, "test", "terminated"))
    (request,) = place.engine.requests
    assert (request.working_dir, request.cpus) == ("/src", 0.5)
    assert (request.memory, request.shared_memory) == (64 << 20, 8 << 20)
    assert request.hosts == {"db": "127.0.0.1"}
    running.remove()


def test_the_exit_code_of_the_tests_is_told(place: Place) -> None:
    place.engine.on("run-tests", program=FakeProgram(exit_code=3))
    decision = place.carried_out(a_spec())
    assert decision.cause is not None
    assert decision.cause.id == "command-failed"
    assert "exit code 3" in decision.cause.sentence


# What keeps tests from running, by the diagnosis of a cluster


@pytest.mark.parametrize(
    ("said", "cause"),
    [
        ("manifest for tests:2 not found: manifest unknown: manifest unknown", "image-not-found"),
        ("unauthorized: authentication required", "image-not-allowed"),
        ("toomanyrequests: You have reached your pull rate limit", "registry-throttled"),
        ('Get "https://registry.test/v2/": x509: certificate signed by unknown authority', "registry-not-trusted"),
        ('Get "http://127.0.0.1:9/v2/": dial tcp 127.0.0.1:9: connect: connection refused', "registry-unreachable"),
        ("no matching manifest for linux/amd64 in the manifest list entries", "wrong-architecture"),
    ],
)
def test_an_image_that_does_not_come_has_the_cause_that_a_cluster_would_tell(
    place: Place, said: str, cause: str
) -> None:
    place.engine.refusals["tests:2"] = said
    running = place.start(a_spec(Container(name="test", image="tests:2")))
    pod = eventually(lambda: _waiting(running, "ErrImagePull"))
    assert diagnose_test_pod(pod, (), container="test").causes[0].id == cause
    running.remove()


def _waiting(running: DockerPod, reason: str) -> Manifest | None:
    pod = running.source.list(PODS)[0][0]
    return pod if state_of(pod, "test").get("waiting", {}).get("reason") == reason else None


def test_a_name_that_is_no_image_is_told_at_once(place: Place) -> None:
    decision = place.carried_out(a_spec(Container(name="test", image="Tests:1")))
    assert decision.cause is not None
    assert decision.cause.id == "invalid-image-name"


def test_an_image_that_is_missing_is_fetched_once_for_all_containers(place: Place) -> None:
    place.engine.registry["tests:2"] = ImageConfig()
    images = [Container(name=name, image="tests:2", command=("run-tests",)) for name in ("a", "b", "test")]
    assert place.carried_out(with_keeper(*images)).state == "succeeded"
    assert place.engine.pulls == ["tests:2"]


def test_an_image_that_comes_later_is_fetched_then(place: Place) -> None:
    place.engine.refusals["tests:2"] = "dial tcp: connection refused"
    running = place.start(a_spec(Container(name="test", image="tests:2", command=("run-tests",))))
    eventually(lambda: _waiting(running, "ErrImagePull"))
    place.engine.registry["tests:2"] = ImageConfig()
    del place.engine.refusals["tests:2"]
    eventually(is_in(running, "test", "terminated"))
    running.remove()


def test_a_program_that_is_not_there_is_told(place: Place) -> None:
    decision = place.carried_out(a_spec(Container(name="test", image="tests:1", command=("nowhere",))))
    assert decision.cause is not None
    assert decision.cause.id == "command-not-found"


def test_tests_that_are_killed_for_their_memory_are_told_so(place: Place) -> None:
    place.engine.on("run-tests", program=FakeProgram(exit_code=137, out_of_memory=True))
    decision = place.carried_out(a_spec())
    assert decision.cause is not None
    assert decision.cause.id == "oom-killed"


def test_tests_that_somebody_removes_have_not_passed(place: Place) -> None:
    running = place.start(a_spec(ENDLESS))
    eventually(is_in(running, "test", "running"))
    place.engine.remove(f"cdkit-{running.ref.name}-test")
    decision = place.follow(running)
    assert decision.cause is not None
    assert decision.cause.id == "pod-gone"


def test_nobody_is_waited_for_who_cannot_say_that_he_is_healthy(place: Place) -> None:
    deaf = Container(name="db", image="db:1", command=("serve",), needs_health=True)
    running = place.start(with_keeper(deaf, TEST))
    with pytest.raises(WorldFailed, match="no HEALTHCHECK"):
        place.follow(running)


# A pod with a keeper


def test_all_containers_are_in_the_network_of_the_keeper(place: Place) -> None:
    running = place.start(with_keeper(SERVICE, TEST, aliases=("db",)))
    eventually(is_in(running, "test", "terminated"))
    keeper, *others = place.engine.requests
    assert keeper.name.endswith("-keeper")
    assert keeper.hosts == {"db": "127.0.0.1"}
    key = place.engine.inspect(keeper.name)
    assert key is not None
    assert {(each.network, len(each.hosts)) for each in others} == {(f"container:{key.id}", 0)}
    running.remove()
    assert place.is_empty()


def test_a_gated_container_starts_when_it_is_opened_and_only_once(place: Place) -> None:
    gated = Container(name="test", image="tests:1", command=("run-tests",), gated=True)
    running = place.start(with_keeper(SERVICE, gated))
    eventually(is_in(running, "db", "running"))
    assert is_in(running, "test", "waiting")()
    running.open("test")
    assert place.follow(running).state == "succeeded"
    running.open("test")
    assert is_in(running, "test", "terminated")()


def test_a_pod_is_ready_when_its_health_checks_say_so(place: Place) -> None:
    place.engine.on("serve", program=FakeProgram(stays=True, health="starting"))
    health = HealthCheck(command=("ping",))
    running = place.start(with_keeper(Container(name="db", image="db:1", command=("serve",), health=health), TEST))
    eventually(is_in(running, "db", "running"))

    def is_ready() -> bool:
        return bool(running.source.list(PODS)[0][0]["status"]["containerStatuses"][1]["ready"])

    assert not is_ready()
    place.engine.tell_health(f"cdkit-{running.ref.name}-db", "healthy")
    assert is_ready()


def test_files_go_into_a_volume_and_come_out_of_it(place: Place) -> None:
    mounted = Container(
        name="test", image="tests:1", command=("write",), mounts=(Mount(volume="data", path="/out"),), gated=True
    )
    place.engine.on("write", program=FakeProgram(writes={"/out/r.xml": b"<r/>"}))
    running = place.start(with_keeper(mounted, volumes=(Volume(name="data"),)))
    running.write_folder("data", [packed({"in.txt": b"1"}, ".")], place.cancellation)
    assert place.engine.executed[0][1:4] == (*CHMOD, "-R"), "other users may use what is put there"
    running.open("test")
    place.follow(running)
    archive = running.read_folder("data", place.cancellation)
    assert unpacked(archive) == {"in.txt": b"1", "r.xml": b"<r/>"}
    running.remove()
    assert place.is_empty()


def test_a_cancel_ends_an_upload(place: Place) -> None:
    running = place.start(with_keeper(TEST, volumes=(Volume(name="data"),)))

    def pieces() -> Iterator[bytes]:
        yield b"x"
        place.cancellation.cancel(Cancelled())
        yield b"y"

    with pytest.raises(Cancelled):
        running.write_folder("data", pieces(), place.cancellation)
    running.remove()


def test_the_log_of_a_container_is_that_of_the_engine(place: Place) -> None:
    running = place.start(a_spec())
    place.follow(running)
    assert [
        line.text for lines in running.log("test", since="", cancellation=place.cancellation) for line in lines
    ] == ["ok"]


# Outages


def test_an_engine_that_is_away_at_the_start_is_told_at_once(place: Place) -> None:
    place.engine.go_away()
    with pytest.raises(EngineUnreachable):
        place.start(a_spec())
    with pytest.raises(EngineUnreachable) as raised:
        list(place.runtime().check(a_spec()))
    assert raised.value.remedy.endswith("DOCKER_HOST at one; `runtime: kubernetes` needs none, but a kubeconfig.")


def test_an_outage_is_an_outage_and_the_end_of_the_tests_is_seen_after_it(place: Place) -> None:
    place.use_real_time()
    running = place.start(a_spec(ENDLESS))
    eventually(is_in(running, "test", "running"))
    _, version = running.source.list(PODS)
    place.engine.go_away()
    with pytest.raises(EngineUnreachable):
        running.source.list(PODS)
    place.engine.come_back()
    changes = running.source.watch(PODS, version, place.cancellation)
    place.engine.end(f"cdkit-{running.ref.name}-test", 1)
    assert next(changes).object["status"]["phase"] == "Failed"
    place.engine.hang_up()
    with pytest.raises(EngineUnreachable):
        next(changes)


def test_a_watch_ends_when_its_time_is_over(place: Place) -> None:
    running = place.start(a_spec())
    eventually(is_in(running, "test", "terminated"))
    _, version = running.source.list(PODS)
    assert not list(running.source.watch(PODS, version, place.cancellation, seconds=5))


# Keeping and removing


def test_a_pod_that_is_kept_says_how_to_look_at_it_and_is_removed_later(place: Place) -> None:
    running = place.start(with_keeper(SERVICE, TEST, volumes=(Volume(name="data"),)))
    eventually(is_in(running, "test", "terminated"))
    commands = running.keep(Duration(60))
    name = f"cdkit-{running.ref.name}"
    assert commands == [
        f"docker logs {name}-db",
        f"docker logs {name}-test",
        f"docker inspect {name}-test",
        f"docker exec -it {name}-keeper /bin/busybox sh",
        f"docker rm --force --volumes {name}-keeper {name}-db {name}-test",
        f"docker volume rm {name}-data {name}-cdkit-kept",
    ]
    assert not place.runtime().sweep()
    place.clock.advance(61)
    (line,) = place.runtime().sweep()
    assert running.ref.name in line
    assert place.is_empty()


def test_a_pod_is_removed_while_it_is_still_being_made(place: Place) -> None:
    place.engine.refusals["tests:2"] = "dial tcp: connection refused"
    running = place.start(with_keeper(SERVICE, Container(name="test", image="tests:2")))
    eventually(is_in(running, "db", "running"))
    running.remove()
    running.remove()
    assert place.is_empty()


def test_what_a_killed_run_has_left_is_removed_and_nothing_else(place: Place) -> None:
    lost = Runner(place.machine.identity, 1, 1)
    owner = Owner(run="run-0", step="unit", runner=lost)
    later = expiring(place.clock.now() + LEASE)
    place.engine.create_volume("left", {**owner.labels(), **later, POD: "left"})
    place.engine.create_volume("foreign", {"app": "shop"})
    running = place.start(with_keeper(TEST, volumes=(Volume(name="data"),)))
    eventually(is_in(running, "test", "terminated"))
    assert place.runtime().sweep() == ["Pod left, left behind by 'unit' of run run-0"]
    assert [volume.name for volume in place.engine.volumes({})] == ["foreign", f"cdkit-{running.ref.name}-data"]


# Before it runs


def test_an_untrusted_build_gets_no_secrets(place: Place) -> None:
    place.run.build = Build(trusted=False)
    spec = a_spec(Container(name="test", image="i", secret_env={"TOKEN": "s"}))
    (problem,) = place.runtime().check(spec)
    assert "TOKEN" in problem.message
    with pytest.raises(CheckFailed, match="TOKEN"):
        place.runtime().start(spec)
    assert place.engine.containers({}) == []
    assert not list(place.runtime().check(a_spec()))


def test_what_only_a_cluster_understands_is_told(place: Place) -> None:
    assert not list(place.runtime().check(a_spec(service_account="builder", pull_secrets=("login",))))
    warnings = [event.message for event in place.run.events if isinstance(event, Warned)]
    assert [warning.split("`")[1] for warning in warnings] == ["service_account", "pull_secrets"]


def test_a_size_that_is_not_kept_to_is_told(place: Place) -> None:
    volumes = (Volume(name="disk", size=1 << 20), Volume(name="memory", size=1 << 20, in_memory=True))
    assert not list(place.runtime().check(a_spec(volumes=(*volumes, Volume(name="any")))))
    (warning,) = [event.message for event in place.run.events if isinstance(event, Warned)]
    assert "`size` of the volume 'disk' is not kept to" in warning


def test_a_plan_names_what_would_come_and_go(place: Place) -> None:
    (change,) = place.runtime().plan(with_keeper(SERVICE, TEST))
    assert change.subject == "run-tests in a pod of tests:1"
    assert change.details == ("beside it db: db:1",)
    assert place.is_empty()
