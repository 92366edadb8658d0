"""What a step may rely on of image registries: the same of the fake ones and of real ones."""

from __future__ import annotations

import secrets
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path

import pytest

from cdkit.clients.engine.docker_engine import DockerEngine
from cdkit.clients.registry.distribution_registry import DistributionRegistry
from cdkit.errors import AccessDenied, Cancelled, InvalidInput, ObjectNotFound, RegistryUnreachable
from cdkit.flow.cancellation import Cancellation
from cdkit.models.container import ImageConfig
from cdkit.models.image import Credentials, ImageReference
from cdkit.ports.registry import Registry
from cdkit.testing import FakeClock, FakeImageEngine, FakeRegistry
from tests.contract.locked_registry import LOGIN, locked_registry
from tests.faults.served_images import Repository

SILENT = "127.0.0.1:1"
"""A registry at which nobody listens."""

GREETING = ImageConfig(
    entrypoint=("/bin/echo",), command=("hello",), env={"LANG": "C"}, user="65534", platform="linux/amd64"
)
ABSENT = f"sha256:{'0' * 64}"


class Place(ABC):
    """Registries, one of which serves an image."""

    registry: Registry
    image: str
    locked: str

    @abstractmethod
    def platforms(self) -> tuple[str, ...]:
        """The platforms of the image."""

    @abstractmethod
    def greeting(self) -> str:
        """An image that is run as `GREETING` says."""

    @property
    def repository(self) -> str:
        """The repository of the image."""
        return ImageReference.parse(self.image).repository


class FakePlace(Place):
    def __init__(self) -> None:
        self.registry = self.fake = fake = FakeRegistry()
        self.image = "registry.example:5000/team/hello:1"
        self.locked = "locked.example:5000"
        fake.images[self.image] = f"sha256:{'a' * 64}"
        fake.logins[self.locked] = LOGIN
        fake.silent.add(SILENT)

    def platforms(self) -> tuple[str, ...]:
        return ("linux/amd64",)

    def greeting(self) -> str:
        image, digest = f"{self.repository}:greeting", f"sha256:{'b' * 64}"
        self.fake.images[image] = digest
        self.fake.configs[digest] = GREETING
        return image


class RealPlace(Place):
    def __init__(self, image: str, locked: str, home: Path) -> None:
        # Nobody's own logins; and time that need not be waited for.
        self.registry = DistributionRegistry({"HOME": str(home)}, FakeClock(auto_advance=True))
        self.image = image
        self.locked = locked

    def platforms(self) -> tuple[str, ...]:
        architecture = DockerEngine()._connection.questions().info()["Architecture"]
        return (f"linux/{ {'x86_64': 'amd64', 'aarch64': 'arm64'}[architecture] }",)

    def greeting(self) -> str:
        repository = Repository(ImageReference.parse(self.image).registry)
        settings = {"Entrypoint": ["/bin/echo"], "Cmd": ["hello"], "Env": ["LANG=C"], "User": "65534"}
        repository.push_image([b"layer"], tag="greeting", settings=settings)
        return f"{repository.name}:greeting"


@pytest.fixture(params=["fake", pytest.param("real", marks=pytest.mark.cluster)])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    if request.param == "fake":
        yield FakePlace()
        return
    with locked_registry() as locked:
        yield RealPlace(request.getfixturevalue("tiny_image"), locked, tmp_path)


def test_an_image_has_the_digest_by_which_it_is_served(place: Place) -> None:
    digest = place.registry.digest(place.image)
    assert digest is not None
    assert digest.startswith("sha256:")
    assert place.registry.digest(f"{place.repository}@{digest}") == digest


def test_an_image_that_was_pushed_a_moment_ago_is_served(place: Place) -> None:
    assert place.registry.digest(place.image) == place.registry.digest(place.image)


def test_what_a_registry_does_not_have_is_none(place: Place) -> None:
    for reference in (
        f"{place.repository}:{secrets.token_hex(4)}",
        f"{place.repository}-{secrets.token_hex(4)}:1",
        f"{place.repository}@{ABSENT}",
    ):
        assert place.registry.digest(reference) is None
        assert place.registry.platforms(reference) is None


def test_an_image_has_platforms(place: Place) -> None:
    assert place.registry.platforms(place.image) == place.platforms()


def test_an_image_says_how_it_is_run(place: Place) -> None:
    assert place.registry.config(place.greeting()) == GREETING
    assert place.registry.config(f"{place.repository}:{secrets.token_hex(4)}") is None


def test_a_registry_that_is_away_is_an_outage_and_never_not_found(place: Place) -> None:
    for question in (place.registry.digest, place.registry.platforms):
        with pytest.raises(RegistryUnreachable, match=r"127\.0\.0\.1:1.*Connection refused"):
            question(f"{SILENT}/hello:1")


def test_a_registry_that_wants_a_login_says_so(place: Place) -> None:
    for credentials in (None, Credentials("somebody", "wrong")):
        with pytest.raises(AccessDenied, match="401") as denied:
            place.registry.digest(f"{place.locked}/hello:1", credentials=credentials)
        assert "docker login" in denied.value.remedy
        assert "wrong" not in str(denied.value)


def test_a_registry_answers_who_has_the_login(place: Place) -> None:
    assert place.registry.digest(f"{place.locked}/hello:1", credentials=LOGIN) is None


# Bringing an image to a further name


def copy(place: Place, source: str, target: str, **options: Credentials) -> tuple[str, list[tuple[str, int, int]]]:
    progress: list[tuple[str, int, int]] = []

    def show(item: str, done: int, total: int) -> None:
        progress.append((item, done, total))

    return place.registry.copy(source, target, on_progress=show, cancellation=Cancellation(), **options), progress


def test_a_copy_keeps_the_digest(place: Place) -> None:
    elsewhere = f"{place.repository}-{secrets.token_hex(4)}:copied"
    for target in (f"{place.repository}:{secrets.token_hex(4)}", elsewhere, elsewhere):
        digest, progress = copy(place, place.image, target)
        assert digest == place.registry.digest(place.image) == place.registry.digest(target)
        assert all(0 <= done <= total for _, done, total in progress)
    assert place.registry.image_id(elsewhere) == place.registry.image_id(place.image)


def test_an_image_that_is_named_by_its_digest_is_copied_too(place: Place) -> None:
    digest = place.registry.digest(place.image)
    target = f"{place.repository}-{secrets.token_hex(4)}:1"
    assert copy(place, f"{place.repository}@{digest}", target)[0] == digest
    assert place.registry.digest(target) == digest


def test_what_is_not_there_cannot_be_copied(place: Place) -> None:
    target = f"{place.repository}:{secrets.token_hex(4)}"
    with pytest.raises(ObjectNotFound, match="does not serve"):
        copy(place, f"{place.repository}:{secrets.token_hex(4)}", target)
    assert place.registry.digest(target) is None
    assert place.registry.image_id(target) is None


def test_nothing_is_copied_to_where_we_may_not_write(place: Place) -> None:
    with pytest.raises(AccessDenied):
        copy(place, place.image, f"{place.locked}/hello:1", credentials=Credentials("somebody", "wrong"))


def test_a_copy_after_a_cancel_does_not_begin(place: Place) -> None:
    cancellation = Cancellation()
    cancellation.cancel(Cancelled())
    target = f"{place.repository}:{secrets.token_hex(4)}"
    with pytest.raises(Cancelled):
        place.registry.copy(place.image, target, on_progress=lambda *_: None, cancellation=cancellation)
    assert place.registry.digest(target) is None


@pytest.mark.parametrize("reference", ["", "UPPER:1", "hello:", "a/b c:1", "x@sha256:short", "r:5000//x:1", "../x:1"])
def test_what_is_no_reference_is_refused(place: Place, reference: str) -> None:
    with pytest.raises(InvalidInput, match="no image reference"):
        place.registry.digest(reference)


def test_nobody_is_asked_after_a_cancel(place: Place) -> None:
    cancellation = Cancellation()
    cancellation.cancel(Cancelled())
    with pytest.raises(Cancelled):
        place.registry.digest(place.image, cancellation=cancellation)


def test_what_a_fake_engine_pushes_its_registry_serves() -> None:
    engine, image = FakeImageEngine(), f"sha256:{'b' * 64}"
    engine.images["r.example/hello:1"] = image
    digest = engine.push(
        "r.example/hello:1", credentials=None, on_progress=lambda *_: None, cancellation=Cancellation()
    )
    assert FakeRegistry(engine).digest("r.example/hello:1") == digest
    assert FakeRegistry(engine).image_id("r.example/hello:1") == image
