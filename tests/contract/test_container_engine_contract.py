"""What test pods may rely on of an engine that runs containers: the same of a fake and of the real one."""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator
from itertools import chain

import pytest

from cdkit.clients.engine.containers.engine import DockerContainers
from cdkit.errors import (
    Cancelled,
    EngineUnreachable,
    ObjectConflict,
    ObjectNotFound,
    RegistryUnreachable,
    RequestRejected,
)
from cdkit.flow.cancellation import Cancellation
from cdkit.models.container import (
    ContainerRequest,
    ContainerState,
    Executed,
    HealthCheck,
    ImageConfig,
    LogLine,
    VolumeMount,
)
from cdkit.ports.container_engine import ContainerEngine
from cdkit.testing import FakeContainerEngine, FakeProgram
from cdkit.testing.fake_files import packed, unpacked
from tests.real_world import eventually

TALK = ("/bin/sh", "-c", "echo one; echo two; exit 3")
COMPLAIN = ("/bin/sh", "-c", "echo bad >&2")
STAY = ("/bin/sh", "-c", "echo begun; exec /bin/busybox sleep 600")
WELL = ("/bin/sh", "-c", "exec /bin/busybox sleep 601")
ECHO = ("/bin/busybox", "cat")
ANSWER = ("/bin/sh", "-c", "echo yes; echo no >&2; exit 4")
NOWHERE = ("/no/such/program",)
SILENT = "127.0.0.1:9"
"""A port on which nobody listens."""


def ignore(item: str, done: int, total: int) -> None:
    """Hear of no progress."""


class Place:
    """An engine, and what a test makes on it: all of it carries a label of the test's own."""

    def __init__(self, engine: ContainerEngine, image: str, registry: str) -> None:
        self.engine = engine
        self.image = image
        self.registry = registry
        self.mark = secrets.token_hex(6)
        self.labels = {"cdkit-test": self.mark}
        self.cancellation = Cancellation()

    def name(self) -> str:
        return f"cdkit-test-{self.mark}-{secrets.token_hex(3)}"

    def make(
        self, entrypoint: tuple[str, ...], *, health: HealthCheck | None = None, mounts: Iterable[VolumeMount] = ()
    ) -> str:
        return self.engine.create(
            ContainerRequest(
                name=self.name(),
                image=self.image,
                entrypoint=entrypoint,
                labels=self.labels,
                health=health,
                mounts=tuple(mounts),
            )
        )

    def run(self, entrypoint: tuple[str, ...]) -> str:
        made = self.make(entrypoint)
        self.engine.start(made)
        return made

    def state(self, container: str) -> ContainerState:
        found = self.engine.inspect(container)
        assert found is not None
        return found

    def ended(self, container: str) -> ContainerState:
        eventually(lambda: self.state(container).phase == "ended")
        return self.state(container)

    def log(self, container: str, *, since: str = "", follow: bool = True) -> list[LogLine]:
        return list(
            chain.from_iterable(self.engine.logs(container, since=since, follow=follow, cancellation=self.cancellation))
        )

    def execute(self, container: str, *command: str, stdin: Iterable[bytes] = ()) -> tuple[bytes, Executed]:
        with self.engine.execute(container, command, stdin=stdin, cancellation=self.cancellation) as execution:
            return b"".join(execution.output()), execution.ended()

    def volume(self) -> str:
        name = self.name()
        self.engine.create_volume(name, self.labels)
        return name

    def clean(self) -> None:
        for container in self.engine.containers(self.labels):
            self.engine.remove(container.id)
        for volume in self.engine.volumes(self.labels):
            self.engine.remove_volume(volume.name)


def fake_place(request: pytest.FixtureRequest) -> Place:
    fake, image = FakeContainerEngine(), "registry.test/tiny:1"
    fake.registry[image] = fake.images[image] = ImageConfig(env={"PATH": "/bin"}, platform="linux/amd64")
    fake.refusals[f"{SILENT}/x:1"] = f'Get "http://{SILENT}/v2/": dial tcp {SILENT}: connect: connection refused'
    fake.on(*TALK, program=FakeProgram(prints=("one", "two"), exit_code=3))
    fake.on(*COMPLAIN, program=FakeProgram(complains=("bad",)))
    fake.on(*STAY, program=FakeProgram(prints=("begun",), stays=True))
    fake.on(*WELL, program=FakeProgram(stays=True, health="healthy"))
    fake.on(*ECHO, program=FakeProgram(echoes=True))
    fake.on(*ANSWER, program=FakeProgram(prints=("yes",), complains=("no",), exit_code=4))
    return Place(fake, image, "registry.test")


def real_place(request: pytest.FixtureRequest) -> Place:
    return Place(DockerContainers(), request.getfixturevalue("tiny_image"), request.getfixturevalue("registry"))


@pytest.fixture(
    params=[
        pytest.param(fake_place, id="fake"),
        pytest.param(real_place, id="real", marks=pytest.mark.cluster),
    ]
)
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    make: Callable[[pytest.FixtureRequest], Place] = request.param
    made = make(request)
    yield made
    made.clean()


# Images


def test_an_image_says_how_it_is_run(place: Place) -> None:
    image = place.engine.image(place.image)
    assert image is not None
    assert "PATH" in image.env
    assert image.platform.startswith("linux/")


def test_an_image_that_the_engine_does_not_have_is_none(place: Place) -> None:
    assert place.engine.image(f"{place.registry}/cdkit-test/nowhere:1") is None


def test_an_image_is_fetched_from_its_registry(place: Place) -> None:
    place.engine.pull(place.image, on_progress=ignore, cancellation=place.cancellation)
    assert place.engine.image(place.image) is not None


def test_an_image_that_no_registry_has_is_not_found(place: Place) -> None:
    with pytest.raises(ObjectNotFound, match="manifest unknown"):
        place.engine.pull(f"{place.registry}/cdkit-test/nowhere:1", on_progress=ignore, cancellation=place.cancellation)


def test_a_registry_that_is_away_is_an_outage(place: Place) -> None:
    with pytest.raises(RegistryUnreachable, match="connection refused"):
        place.engine.pull(f"{SILENT}/x:1", on_progress=ignore, cancellation=place.cancellation)


def test_a_name_that_is_none_is_refused(place: Place) -> None:
    with pytest.raises(RequestRejected, match="must be lowercase"):
        place.engine.pull(f"{place.registry}/UPPER:1", on_progress=ignore, cancellation=place.cancellation)


# Containers


def test_a_container_runs_to_its_end(place: Place) -> None:
    made = place.make(TALK)
    assert place.state(made).phase == "created"
    assert not place.state(made).started
    place.engine.start(made)
    state = place.ended(made)
    assert state.exit_code == 3
    assert all((state.created, state.started, state.ended))
    assert state.labels.items() >= place.labels.items()


def test_a_container_is_known_by_its_name_too(place: Place) -> None:
    made = place.make(TALK)
    assert place.state(place.state(made).name).id == made


def test_a_second_start_changes_nothing(place: Place) -> None:
    made = place.run(STAY)
    started = place.state(made).started
    place.engine.start(made)
    assert place.state(made).started == started


def test_a_program_that_is_not_there_says_so(place: Place) -> None:
    made = place.make(NOWHERE)
    with pytest.raises(RequestRejected, match=r"no such file or directory|not found"):
        place.engine.start(made)
    state = place.state(made)
    assert state.phase == "created"
    assert "/no/such/program" in state.error
    assert state.exit_code == 127


def test_two_containers_cannot_have_one_name(place: Place) -> None:
    made = place.state(place.make(TALK))
    with pytest.raises(ObjectConflict, match="already in use"):
        place.engine.create(ContainerRequest(name=made.name, image=place.image, entrypoint=TALK))


def test_a_container_needs_an_image(place: Place) -> None:
    with pytest.raises(ObjectNotFound, match="No such image"):
        place.engine.create(ContainerRequest(name=place.name(), image="cdkit-test/nowhere:1", labels=place.labels))


def test_what_is_not_there_is_none_and_cannot_be_started(place: Place) -> None:
    assert place.engine.inspect(place.name()) is None
    with pytest.raises(ObjectNotFound, match="No such container"):
        place.engine.start(place.name())


def test_a_container_that_is_removed_is_gone_though_it_ran(place: Place) -> None:
    made = place.run(STAY)
    assert place.engine.remove(made)
    assert place.engine.inspect(made) is None
    assert not place.engine.remove(made)


def test_a_container_gets_another_name(place: Place) -> None:
    made, name = place.make(TALK), place.name()
    place.engine.rename(made, name)
    assert place.state(name).id == made


def test_a_health_check_is_told(place: Place) -> None:
    made = place.make(WELL, health=HealthCheck(command=("/bin/sh", "-c", "exit 0"), interval=0.2))
    place.engine.start(made)
    eventually(lambda: place.state(made).health == "healthy")


# Finding again


def test_containers_are_found_by_their_labels(place: Place) -> None:
    made = place.make(TALK)
    assert [each.id for each in place.engine.containers(place.labels)] == [made]
    assert made in [each.id for each in place.engine.containers({"cdkit-test": ""})]
    assert not place.engine.containers({"cdkit-test": "another"})


def test_volumes_are_found_by_their_labels_and_removed(place: Place) -> None:
    volume = place.volume()
    assert [each.name for each in place.engine.volumes(place.labels)] == [volume]
    assert place.engine.remove_volume(volume)
    assert not place.engine.remove_volume(volume)
    assert not place.engine.volumes(place.labels)


def test_a_volume_that_a_container_has_stays(place: Place) -> None:
    volume = place.volume()
    place.make(TALK, mounts=[VolumeMount(volume=volume, path="/data")])
    with pytest.raises(ObjectConflict, match="in use"):
        place.engine.remove_volume(volume)


# Logs


def test_a_log_has_its_lines_with_their_times(place: Place) -> None:
    made = place.run(TALK)
    lines = place.log(made)
    assert [(line.text, line.stream) for line in lines] == [("one", "stdout"), ("two", "stdout")]
    assert lines[0].time < lines[1].time


def test_the_error_stream_is_told_apart(place: Place) -> None:
    assert [(line.text, line.stream) for line in place.log(place.run(COMPLAIN))] == [("bad", "stderr")]


def test_a_log_is_resumed_from_the_time_of_a_line(place: Place) -> None:
    made = place.run(TALK)
    lines = place.log(made)
    assert place.log(made, since=lines[1].time) == lines[1:]
    assert place.log(made, since=lines[0].time) == lines


def test_a_log_that_is_not_followed_ends_though_the_container_runs(place: Place) -> None:
    made = place.run(STAY)
    eventually(lambda: [line.text for line in place.log(made, follow=False)] == ["begun"])


def test_a_cancel_ends_a_log_that_is_followed(place: Place) -> None:
    lines = place.engine.logs(place.run(STAY), follow=True, cancellation=place.cancellation)
    assert [line.text for line in next(lines)] == ["begun"]
    place.cancellation.cancel(Cancelled())
    with pytest.raises(Cancelled):
        next(lines)


# Events


def test_all_that_happens_after_the_question_is_told(place: Place) -> None:
    events = place.engine.events(place.labels, place.cancellation)
    made = place.run(TALK)
    told = []
    for event in events:
        assert event.container == made
        told.append(event.action)
        if event.action == "die":
            break
    assert [action for action in told if action in {"create", "start", "die"}] == ["create", "start", "die"]


def test_a_cancel_ends_the_events(place: Place) -> None:
    events = place.engine.events(place.labels, place.cancellation)
    threading.Timer(0.2, place.cancellation.cancel, [Cancelled()]).start()
    with pytest.raises(Cancelled):
        list(events)


# Commands in containers


def test_a_command_in_a_container_writes_and_ends(place: Place) -> None:
    assert place.execute(place.run(STAY), *ANSWER) == (b"yes\n", Executed(4, "no\n"))


def test_a_command_reads_what_it_is_given_to_its_end(place: Place) -> None:
    pieces = [b"x" * 70_000, b"", b"\x00\x01\r\n"]
    output, ended = place.execute(place.run(STAY), *ECHO, stdin=iter(pieces))
    assert output == b"".join(pieces)
    assert ended.exit_code == 0


def test_input_that_breaks_off_breaks_the_command_off(place: Place) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"one"
        raise RequestRejected("no more")

    with pytest.raises(RequestRejected, match="no more"):
        place.execute(place.run(STAY), *ECHO, stdin=pieces())


def test_a_command_that_is_not_there_is_told(place: Place) -> None:
    with pytest.raises(RequestRejected, match="/no/such/program"):
        place.execute(place.run(STAY), *NOWHERE)


def test_a_command_needs_a_container_that_runs(place: Place) -> None:
    with pytest.raises(RequestRejected, match="not running"):
        place.execute(place.make(STAY), *ANSWER)
    with pytest.raises(ObjectNotFound, match="No such container"):
        place.execute(place.name(), *ANSWER)


def test_a_cancel_ends_a_command(place: Place) -> None:
    made = place.run(STAY)
    threading.Timer(0.3, place.cancellation.cancel, [Cancelled()]).start()
    with pytest.raises(Cancelled):
        place.execute(made, *STAY)


# Files


def test_files_go_in_and_come_out_though_the_container_does_not_run(place: Place) -> None:
    volume = place.volume()
    made = place.make(TALK, mounts=[VolumeMount(volume=volume, path="/data")])
    place.engine.write_archive(made, "/data", [packed({"a b.txt": b"1", "sub/ü": b"2"}, ".")])
    archive = place.engine.read_archive(made, "/data/.", place.cancellation)
    assert unpacked(archive) == {"a b.txt": b"1", "sub/ü": b"2"}


def test_containers_share_a_volume(place: Place) -> None:
    mount = VolumeMount(volume=place.volume(), path="/data")
    one, other = place.make(TALK, mounts=[mount]), place.make(TALK, mounts=[mount])
    place.engine.write_archive(one, "/data", [packed({"x": b"1"}, ".")])
    assert unpacked(place.engine.read_archive(other, "/data/x", place.cancellation)) == {"x": b"1"}


def test_a_path_that_is_not_there_is_not_found(place: Place) -> None:
    with pytest.raises(ObjectNotFound):
        list(place.engine.read_archive(place.make(TALK), "/no/such/folder", place.cancellation))


# Outages


def test_an_engine_that_is_away_is_an_outage_and_never_not_found(place: Place) -> None:
    if isinstance(place.engine, FakeContainerEngine):
        gone: ContainerEngine = FakeContainerEngine()
        gone.go_away()  # type: ignore[attr-defined]  # it is the fake
    else:
        gone = DockerContainers({**os.environ, "DOCKER_HOST": f"tcp://{SILENT}"})
    for ask in (
        lambda: gone.inspect("x"),
        lambda: gone.image("x"),
        lambda: gone.containers({}),
        lambda: gone.remove("x"),
        lambda: gone.events({}, Cancellation()),
    ):
        with pytest.raises(EngineUnreachable, match="does not answer"):
            ask()
