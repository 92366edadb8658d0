"""`push-to-registry` and `promote`: which names get an image, which keep theirs, and what goes on in between."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from cdkit.errors import (
    AccessDenied,
    CdkitError,
    EngineUnreachable,
    ObjectConflict,
    ObjectNotFound,
    RegistryUnreachable,
)
from cdkit.flow.cancellation import Cancellation
from cdkit.models.build import Build
from cdkit.models.event import StepProgress
from cdkit.models.image import Credentials
from cdkit.ports.image_engine import OnProgress
from cdkit.testing import FakeClock, FakeImageEngine, FakeRegistry, FakeWorld, StepRun, run_step
from cdkit_images.promote import Promote
from cdkit_images.publish.engine_push import ATTEMPTS
from cdkit_images.push_to_registry import PushToRegistry

REPOSITORY = "r.example/team/hello"
IMAGE = f"{REPOSITORY}:0123456789abcdef"
"""A content tag."""
RELEASE = f"{REPOSITORY}:1.2.3"
BUILT = f"sha256:{'a' * 64}"
OTHER = f"sha256:{'b' * 64}"
LOGIN = Credentials("robot", "s3cret")


class StumblingEngine(FakeImageEngine):
    """Fails to push so many times, with such an error, before or after the image has arrived."""

    def __init__(
        self, failures: int = 0, error: type[CdkitError] = RegistryUnreachable, *, arrives: bool = False
    ) -> None:
        super().__init__()
        self.failures = failures
        self.error = error
        self.arrives = arrives
        self.pushes = 0

    def push(
        self, reference: str, *, credentials: Credentials | None, on_progress: OnProgress, cancellation: Cancellation
    ) -> str:
        self.pushes += 1
        fails = self.pushes <= self.failures
        if fails and not self.arrives:
            raise self.error("Cannot push: connection reset.")
        digest = super().push(reference, credentials=credentials, on_progress=on_progress, cancellation=cancellation)
        if fails:
            raise self.error("Cannot push: connection reset.")
        return digest


class Place:
    """An engine that has built an image, and registries."""

    def __init__(self, engine: StumblingEngine | None = None) -> None:
        self.engine = engine or StumblingEngine()
        self.registry = FakeRegistry(self.engine)
        self.clock = FakeClock(auto_advance=True)

    def build(self, *references: str) -> None:
        for reference in references:
            self.engine.images[reference] = BUILT

    def serve(self, reference: str, digest: str) -> None:
        self.registry.images[reference] = digest

    def serve_built(self, reference: str) -> str:
        """Serve the image that the engine has; gives its digest."""
        self.engine.images[reference] = BUILT
        digest = FakeImageEngine.push(
            self.engine, reference, credentials=None, on_progress=lambda *_: None, cancellation=Cancellation()
        )
        del self.engine.images[reference]
        return digest

    def push(self, image: str, build: Build | None = None, **options: Any) -> StepRun:
        return self._run(PushToRegistry, {"image": image, **options}, build)

    def promote(self, image: str, *to: str, **options: Any) -> StepRun:
        return self._run(Promote, {"image": image, "to": list(to), **options}, None)

    def _run(self, kind: Any, options: Mapping[str, Any], build: Build | None) -> StepRun:
        world = FakeWorld(images=self.engine, registry=self.registry)
        return run_step(kind, options, world=world, clock=self.clock, build=build)


@pytest.fixture
def place() -> Place:
    return Place()


# What is served already


def test_an_image_that_is_served_needs_no_engine_and_one_request(place: Place) -> None:
    place.serve(IMAGE, OTHER)
    place.engine.go_away()
    world = FakeWorld(images=place.engine, registry=place.registry)
    ended = run_step(PushToRegistry, {"image": IMAGE}, world=world)
    assert ended.outputs.image == f"{REPOSITORY}@{OTHER}"
    assert ended.outputs.digest == OTHER
    assert [question for question, _ in place.registry.requests] == ["digest"] * 3, "one each of check, plan and run"


def test_an_image_that_is_not_served_is_pushed_and_asked_for(place: Place) -> None:
    place.build(IMAGE)
    ended = place.push(IMAGE)
    assert ended.outputs.digest == place.registry.images[IMAGE]
    assert ended.lines[-1] == f"{IMAGE} is served as {ended.outputs.digest}"
    assert ended.of(StepProgress)


def test_a_tag_that_serves_this_very_image_is_left_alone(place: Place) -> None:
    place.serve_built(RELEASE)
    place.build(RELEASE)
    assert place.push(RELEASE).outputs.digest == place.registry.images[RELEASE]
    assert place.engine.pushes == 0


def test_a_tag_that_serves_another_image_is_refused(place: Place) -> None:
    place.build(RELEASE)
    place.serve(RELEASE, OTHER)
    ended = place.push(RELEASE)
    assert isinstance(ended.error, ObjectConflict)
    assert RELEASE in ended.error.message
    assert OTHER in ended.error.message
    assert "`overwrite`" in ended.error.remedy
    assert place.engine.pushes == 0


@pytest.mark.parametrize("options", [{"overwrite": True}, {"floating": ["1.*"]}, {"floating": ["x", "1.2.3"]}])
def test_a_tag_may_move_when_the_options_say_so(place: Place, options: dict[str, Any]) -> None:
    place.build(RELEASE)
    place.serve(RELEASE, OTHER)
    assert place.push(RELEASE, **options).outputs.digest != OTHER
    assert place.registry.images[RELEASE] != OTHER


@pytest.mark.parametrize(
    ("tag", "moves"),
    [
        ("latest", True),
        ("edge", True),
        ("nightly", True),
        ("feature-x", True),
        ("pr-7", True),
        ("main", False),
        ("1.2.3", False),
        ("1.2", False),
        ("deadbeefdeadbeef", False),
    ],
)
def test_tags_move_that_mean_the_newest_of_something(place: Place, tag: str, *, moves: bool) -> None:
    place.build(IMAGE)
    place.serve(f"{REPOSITORY}:{tag}", OTHER)
    build = Build(branch="feature/x", default_branch="feature/x", pull_request="7" if tag == "pr-7" else "")
    ended = place.push(IMAGE, build, tags=[tag])
    assert (ended.error is None) is moves
    assert (place.registry.images[f"{REPOSITORY}:{tag}"] != OTHER) is moves
    assert (IMAGE in place.registry.images) is moves, "nothing is pushed before all names are free"


def test_a_short_version_moves_together_with_a_whole_one(place: Place) -> None:
    place.build(IMAGE)
    for tag in ("1", "1.2"):
        place.serve(f"{REPOSITORY}:{tag}", OTHER)
    ended = place.push(IMAGE, tags=["1.2.3", "1.2", "1"])
    assert {place.registry.images[f"{REPOSITORY}:{tag}"] for tag in ("1", "1.2", "1.2.3")} == {ended.outputs.digest}


def test_a_name_by_digest_is_served_or_not(place: Place) -> None:
    place.serve(IMAGE, OTHER)
    assert place.push(f"{REPOSITORY}@{OTHER}", tags=["stable"]).outputs.digest == OTHER
    assert place.registry.images[f"{REPOSITORY}:stable"] == OTHER
    assert isinstance(place.push(f"{REPOSITORY}@{BUILT}").error, ObjectNotFound)


def test_what_neither_the_engine_nor_the_registry_has_is_named(place: Place) -> None:
    ended = place.push(IMAGE)
    assert isinstance(ended.error, ObjectNotFound)
    assert IMAGE in ended.error.message


# Further names


def test_all_names_get_the_same_digest_in_one_push(place: Place) -> None:
    place.build(IMAGE)
    ended = place.push(IMAGE, tags=["1.2.3", "latest"], references=["s.example/mirror/hello:1.2.3"])
    names = [IMAGE, RELEASE, f"{REPOSITORY}:latest", "s.example/mirror/hello:1.2.3"]
    assert {place.registry.images[name] for name in names} == {ended.outputs.digest}
    assert place.engine.pushes == 1


def test_further_names_of_a_served_image_need_no_engine(place: Place) -> None:
    place.serve(IMAGE, OTHER)
    place.serve(f"{REPOSITORY}:latest", BUILT)
    place.engine.go_away()
    assert place.push(IMAGE, tags=["1.2.3", "latest"]).outputs.digest == OTHER
    assert place.registry.images[RELEASE] == place.registry.images[f"{REPOSITORY}:latest"] == OTHER


def test_a_further_name_that_serves_the_image_already_is_no_conflict(place: Place) -> None:
    place.serve_built(RELEASE)
    place.build(IMAGE)
    assert place.push(IMAGE, tags=["1.2.3"]).outputs.digest == place.registry.images[RELEASE]


# Faults


def test_a_push_is_made_again_until_it_arrives() -> None:
    place = Place(StumblingEngine(failures=3))
    place.build(IMAGE)
    ended = place.push(IMAGE)
    assert ended.outputs.digest == place.registry.images[IMAGE]
    assert place.engine.pushes == 4
    assert place.clock.monotonic() == 1 + 2 + 4
    assert "Pushing again in 4 s (3 of 10 attempts failed)" in ended.lines[-2]


def test_an_image_that_arrived_although_the_push_failed_is_not_pushed_again() -> None:
    place = Place(StumblingEngine(failures=1, arrives=True))
    place.build(IMAGE)
    assert place.push(IMAGE).outputs.digest == place.registry.images[IMAGE]
    assert place.engine.pushes == 1


def test_a_push_is_given_up_in_the_end() -> None:
    place = Place(StumblingEngine(failures=100))
    place.build(IMAGE)
    assert isinstance(place.push(IMAGE).error, RegistryUnreachable)
    assert place.engine.pushes == ATTEMPTS


@pytest.mark.parametrize("error", [AccessDenied, ObjectNotFound, EngineUnreachable])
def test_a_refusal_is_not_tried_again(error: type[CdkitError]) -> None:
    place = Place(StumblingEngine(failures=100, error=error))
    place.build(IMAGE)
    assert isinstance(place.push(IMAGE).error, error)
    assert place.engine.pushes == 1


class Rival(FakeRegistry):
    """Somebody else pushes under the same name a moment later."""

    def digest(self, reference: str, **options: Any) -> str | None:
        served = super().digest(reference, **options)
        return OTHER if served else None


def test_a_push_that_somebody_else_overtakes_is_a_conflict(place: Place) -> None:
    place.registry = Rival(place.engine)
    place.build(IMAGE)
    ended = place.push(IMAGE)
    assert isinstance(ended.error, ObjectConflict)
    assert "another build that pushes the same tag" in ended.error.remedy


# Logins


def test_the_login_is_for_the_registry_of_the_image(place: Place) -> None:
    place.build(IMAGE)
    place.engine.logins["r.example"] = LOGIN
    options = {"username": "robot", "password": "s3cret", "references": ["s.example/hello:1"]}
    assert place.push(IMAGE, **options).outputs.digest
    assert isinstance(place.push(IMAGE).error, AccessDenied)


@pytest.mark.parametrize("half", [{"username": "robot"}, {"password": "s3cret"}])
def test_half_a_login_is_found_before_the_run(place: Place, half: dict[str, str]) -> None:
    place.build(IMAGE)
    assert "both a user and a password" in place.push(IMAGE, **half).problems[0].message
    assert "both a user and a password" in place.promote(IMAGE, RELEASE, **half).problems[0].message


def test_a_registry_that_does_not_know_us_is_found_before_the_run(place: Place) -> None:
    place.engine.logins["r.example"] = LOGIN
    ended = place.push(IMAGE, username="robot", password="wrong")
    assert isinstance(ended.error, AccessDenied)
    assert not ended.changes
    assert "wrong" not in str(ended.events)


# Promoting


def test_an_image_is_promoted_without_an_engine(place: Place) -> None:
    place.serve(IMAGE, OTHER)
    place.engine.go_away()
    ended = place.promote(IMAGE, "prod.example/hello:1.2.3", RELEASE)
    assert ended.outputs.image == f"prod.example/hello@{OTHER}"
    assert place.registry.images["prod.example/hello:1.2.3"] == place.registry.images[RELEASE] == OTHER
    assert [(change.action, change.subject) for change in ended.changes] == [
        ("push", "prod.example/hello:1.2.3"),
        ("push", RELEASE),
    ]


def test_what_is_promoted_already_stays(place: Place) -> None:
    place.serve(IMAGE, OTHER)
    place.serve(RELEASE, OTHER)
    ended = place.promote(IMAGE, RELEASE)
    assert ended.outputs.digest == OTHER
    assert [change.action for change in ended.changes] == ["keep"]
    assert "copy" not in dict(place.registry.requests)


def test_a_promotion_does_not_replace_a_release(place: Place) -> None:
    place.serve(IMAGE, OTHER)
    place.serve(RELEASE, BUILT)
    assert isinstance(place.promote(IMAGE, "r.example/new:1", RELEASE).error, ObjectConflict)
    assert "r.example/new:1" not in place.registry.images
    assert place.promote(IMAGE, RELEASE, overwrite=True).outputs.digest == OTHER


def test_what_is_not_served_cannot_be_promoted(place: Place) -> None:
    place.build(IMAGE)
    ended = place.promote(IMAGE, RELEASE)
    assert isinstance(ended.error, ObjectNotFound)
    assert [change.action for change in ended.changes] == ["unknown"]


def test_source_and_target_have_logins_of_their_own(place: Place) -> None:
    place.serve(IMAGE, OTHER)
    place.engine.logins |= {"r.example": LOGIN, "prod.example": Credentials("prod", "t0p")}
    logins = {"username": "prod", "password": "t0p", "source_username": "robot", "source_password": "s3cret"}
    assert place.promote(IMAGE, "prod.example/hello:1", **logins).outputs.digest == OTHER
    assert isinstance(place.promote(IMAGE, "prod.example/hello:1").error, AccessDenied)
