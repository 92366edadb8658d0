"""What a step may rely on of an image engine: the same of the fake one and of the real one."""

from __future__ import annotations

import secrets
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import docker
import docker.errors
import pytest

from cdkit.clients.engine.docker_engine import DockerEngine
from cdkit.clients.registry.distribution_registry import DistributionRegistry
from cdkit.errors import (
    AccessDenied,
    BuildFailed,
    Cancelled,
    EngineUnreachable,
    ObjectNotFound,
    RegistryUnreachable,
    RequestRejected,
    WorkFailed,
)
from cdkit.flow.cancellation import Cancellation
from cdkit.models.image import Credentials
from cdkit.models.image_build import BuilderName, BuildRequest, BuildStep
from cdkit.ports.image_engine import ImageEngine
from cdkit.testing import FakeImageEngine, FakeRegistry
from tests.contract.locked_registry import locked_registry

SILENT = "127.0.0.1:1"
"""A registry at which nobody listens."""

SOON = 3.0
"""Seconds within which a cancel has to be heard."""

FAILING = 'RUN ["/bin/sh", "-c", "echo broken; exit 3"]'
ENDLESS = 'RUN ["/bin/sh", "-c", "echo begun; sleep 600"]'


class Place(ABC):
    """An engine, a registry, and a base image in it."""

    engine: ImageEngine
    builder: BuilderName
    registry: str
    base: str

    def __init__(self, builder: BuilderName = "classic") -> None:
        self.builder = builder
        self.references: list[str] = []

    def new_reference(self, registry: str = "") -> str:
        """A name that no image has yet."""
        reference = f"{registry or self.registry}/cdkit-test/{secrets.token_hex(4)}:1"
        self.references.append(reference)
        return reference

    @abstractmethod
    def away(self) -> ImageEngine:
        """An engine that does not answer."""

    @abstractmethod
    def locked_registry(self) -> str:
        """A registry that wants a login that nobody has."""


class FakePlace(Place):
    def __init__(self) -> None:
        super().__init__()
        self.engine = self.fake = FakeImageEngine()
        self.registries = FakeRegistry(self.fake)
        self.registry = "registry.example:5000"
        self.base = f"{self.registry}/base:1"
        self.fake.registry[self.base] = "sha256:base"
        self.fake.silent_registries.add(SILENT)
        self.fake.failing[FAILING] = 3
        self.fake.hanging_instructions.add(ENDLESS)

    def away(self) -> ImageEngine:
        self.fake.go_away()
        return self.fake

    def locked_registry(self) -> str:
        self.fake.logins["locked.example:5000"] = Credentials("somebody", "else")
        return "locked.example:5000"


class RealPlace(Place):
    def __init__(self, registry: str, base: str, locked: str, builder: BuilderName) -> None:
        super().__init__(builder)
        self.engine = DockerEngine()
        self.registries = DistributionRegistry()
        self.registry = registry
        self.base = base
        self._locked = locked

    def away(self) -> ImageEngine:
        return DockerEngine({"DOCKER_HOST": "tcp://127.0.0.1:1"})

    def locked_registry(self) -> str:
        return self._locked

    def tidy(self) -> None:
        """Take the names that were given away from the engine."""
        client = docker.from_env()
        for reference in self.references:
            with suppress(docker.errors.ImageNotFound):
                client.images.remove(reference, noprune=True)
        client.close()


@contextmanager
def a_place(request: pytest.FixtureRequest, builder: BuilderName) -> Iterator[Place]:
    if request.param == "fake":
        yield FakePlace()
        return
    with locked_registry() as locked:
        place = RealPlace(request.getfixturevalue("registry"), request.getfixturevalue("tiny_image"), locked, builder)
        yield place
        place.tidy()


@pytest.fixture(params=["fake", pytest.param("real", marks=pytest.mark.cluster)])
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    with a_place(request, "classic") as place:
        yield place


@pytest.fixture(params=["fake", *(pytest.param(name, marks=pytest.mark.cluster) for name in ("classic", "buildkit"))])
def works(request: pytest.FixtureRequest) -> Iterator[Place]:
    """A place for building: each builder keeps the same contract."""
    with a_place(request, "buildkit" if request.param == "buildkit" else "classic") as place:
        yield place


class Project:
    """A folder with a Dockerfile."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lines: list[str] = []
        self.steps: list[BuildStep] = []
        self.cancellation = Cancellation()

    def build(self, place: Place, *instructions: str, dockerfile: Path | None = None) -> str:
        path = dockerfile or self.folder / "Dockerfile"
        path.write_text("\n".join(instructions) + "\n")
        return self.build_as_is(place, path)

    def build_as_is(self, place: Place, dockerfile: Path) -> str:
        request = BuildRequest(builder=place.builder, context=str(self.folder), dockerfile=str(dockerfile))
        return place.engine.build(
            request, on_line=self.lines.append, on_step=self.steps.append, cancellation=self.cancellation
        )


@pytest.fixture
def project(tmp_path: Path) -> Project:
    folder = tmp_path / "project"
    folder.mkdir()
    return Project(folder)


def push(place: Place, reference: str) -> str:
    return place.engine.push(reference, credentials=None, on_progress=lambda *_: None, cancellation=Cancellation())


def test_an_engine_that_answers_has_a_version(place: Place) -> None:
    assert place.engine.ping()[0].isdigit()


def test_an_engine_that_is_away_says_so_at_once(place: Place) -> None:
    away = place.away()
    questions: tuple[Callable[[], object], ...] = (
        away.ping,
        away.builders,
        lambda: away.image_id("hello"),
        lambda: away.tag("hello", "other"),
    )
    for question in questions:
        with pytest.raises(EngineUnreachable, match="Connection refused"):
            question()


# Building


def test_a_build_gives_the_id_of_an_image_that_the_engine_has(works: Place, project: Project) -> None:
    image = project.build(works, f"FROM {works.base}", "LABEL a=b")
    assert image.startswith("sha256:")
    assert works.engine.image_id(image) == image
    assert project.lines
    assert not any(line.endswith("\n") for line in project.lines)


def test_the_same_build_gives_the_same_image(works: Place, project: Project) -> None:
    instructions = (f"FROM {works.base}", f"LABEL only={secrets.token_hex(4)}")
    assert project.build(works, *instructions) == project.build(works, *instructions)


def test_a_dockerfile_may_stand_outside_of_the_context(works: Place, project: Project, tmp_path: Path) -> None:
    image = project.build(works, f"FROM {works.base}", dockerfile=tmp_path / "Dockerfile.release")
    assert works.engine.image_id(image) == image


def test_an_instruction_that_fails_is_named(works: Place, project: Project) -> None:
    with pytest.raises(BuildFailed, match=r"RUN .*exit 3.* failed: .*code: 3") as failed:
        project.build(works, f"FROM {works.base}", FAILING)
    assert failed.value.exit_code == 1
    step = failed.value.step
    assert step is not None
    assert step.builder == works.builder
    assert step.instruction == FAILING
    assert step.number == step.total == 2
    assert not step.done


def test_each_instruction_begins_and_is_done(works: Place, project: Project) -> None:
    mark = secrets.token_hex(4)
    project.build(works, f"FROM {works.base}", f'RUN ["/bin/sh", "-c", "echo {mark}"]')
    last = [step for step in project.steps if mark in step.instruction]
    assert [step.done for step in last] == [False, True]
    assert (last[-1].number, last[-1].total) == (2, 2)


def test_the_triggers_of_an_image_are_those_of_its_dockerfile(works: Place, project: Project) -> None:
    image = project.build(works, f"FROM {works.base}", "ONBUILD COPY . /app")
    assert works.engine.triggers(image) == ("COPY . /app",)
    assert works.engine.triggers(works.base) == ()
    assert works.engine.triggers(works.new_reference()) == ()


def test_a_builder_that_is_offered_says_what_it_is(works: Place) -> None:
    builders = {builder.name: builder for builder in works.engine.builders()}
    assert works.builder in builders
    assert "classic" in builders
    assert all(builder.via for builder in builders.values())


def test_a_dockerfile_that_is_missing_is_named(works: Place, project: Project) -> None:
    with pytest.raises(WorkFailed, match=r"Dockerfile\.nowhere"):
        project.build_as_is(works, project.folder / "Dockerfile.nowhere")


def test_a_base_image_that_is_not_there_is_not_an_outage(works: Place, project: Project) -> None:
    with pytest.raises(ObjectNotFound, match=r"FROM .*no-such-base"):
        project.build(works, f"FROM {works.registry}/cdkit-test/no-such-base:1")


def test_a_registry_that_is_away_is_not_a_failed_build(works: Place, project: Project) -> None:
    with pytest.raises(RegistryUnreachable, match="connection refused"):
        project.build(works, f"FROM {SILENT}/base:1")


def test_a_build_is_left_at_once_on_a_cancel(works: Place, project: Project) -> None:
    threading.Timer(1.0, project.cancellation.cancel, [Cancelled()]).start()
    begun = time.monotonic()
    with pytest.raises(Cancelled):
        project.build(works, f"FROM {works.base}", ENDLESS)
    assert time.monotonic() - begun < 1.0 + SOON


# Tagging


def test_a_tag_is_another_name_of_an_image(place: Place, project: Project) -> None:
    image, reference = project.build(place, f"FROM {place.base}", "LABEL a=b"), place.new_reference()
    assert place.engine.image_id(reference) is None
    place.engine.tag(image, reference)
    assert place.engine.image_id(reference) == image


def test_an_image_that_the_engine_does_not_have_cannot_be_tagged(place: Place) -> None:
    with pytest.raises(ObjectNotFound, match="no-such-image"):
        place.engine.tag("no-such-image:1", place.new_reference())


def test_a_name_that_is_none_is_refused(place: Place, project: Project) -> None:
    image = project.build(place, f"FROM {place.base}", "LABEL a=b")
    with pytest.raises(RequestRejected, match="lowercase"):
        place.engine.tag(image, f"{place.registry}/UPPER:1")


# Pushing


def test_a_push_gives_the_digest_that_is_served(place: Place, project: Project) -> None:
    reference, progress = place.new_reference(), []
    place.engine.tag(project.build(place, f"FROM {place.base}", "LABEL a=b"), reference)
    digest = place.engine.push(
        reference,
        credentials=None,
        on_progress=lambda item, done, total: progress.append((item, done, total)),
        cancellation=Cancellation(),
    )
    assert digest.startswith("sha256:")
    assert place.registries.digest(reference) == digest
    assert progress
    assert all(done <= total for _, done, total in progress)


def test_what_is_pushed_again_keeps_its_digest(place: Place, project: Project) -> None:
    reference = place.new_reference()
    place.engine.tag(project.build(place, f"FROM {place.base}", "LABEL a=b"), reference)
    assert push(place, reference) == push(place, reference)


def test_what_the_engine_does_not_have_cannot_be_pushed(place: Place) -> None:
    with pytest.raises(ObjectNotFound, match="Cannot push"):
        push(place, place.new_reference())


def test_a_registry_that_is_away_is_an_outage_and_never_not_found(place: Place, project: Project) -> None:
    reference = place.new_reference(SILENT)
    place.engine.tag(project.build(place, f"FROM {place.base}", "LABEL a=b"), reference)
    with pytest.raises(RegistryUnreachable, match="connection refused"):
        push(place, reference)


def test_a_registry_that_wants_a_login_says_so(place: Place, project: Project) -> None:
    reference = place.new_reference(place.locked_registry())
    place.engine.tag(project.build(place, f"FROM {place.base}", "LABEL a=b"), reference)
    with pytest.raises(AccessDenied) as denied:
        push(place, reference)
    assert "docker login" in denied.value.remedy


def test_a_push_after_a_cancel_does_not_begin(place: Place, project: Project) -> None:
    reference = place.new_reference()
    place.engine.tag(project.build(place, f"FROM {place.base}", "LABEL a=b"), reference)
    project.cancellation.cancel(Cancelled())
    with pytest.raises(Cancelled):
        place.engine.push(reference, credentials=None, on_progress=lambda *_: None, cancellation=project.cancellation)
    assert place.registries.digest(reference) is None
