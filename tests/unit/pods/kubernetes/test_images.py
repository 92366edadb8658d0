"""What only an image knows."""

from __future__ import annotations

import pytest

from cdkit.errors import AccessDenied, InvalidInput, ObjectNotFound, RegistryUnreachable, WorldFailed
from cdkit.models.container import HealthCheck, ImageConfig
from cdkit_pods.kubernetes.images import ReadImage, completed, unreadable
from cdkit_pods.spec import Container, PodSpec

HEALTH = HealthCheck(command=("true",))
SERVER = ImageConfig(entrypoint=("/entry",), command=("serve", "--all"), health=HEALTH)


def gives(answer: ImageConfig | Exception | None) -> ReadImage:
    def read(_: str) -> ImageConfig | None:
        if isinstance(answer, Exception):
            raise answer
        return answer

    return read


def a_spec(container: Container) -> PodSpec:
    return PodSpec(step="tests", run_id="run-1", containers=(container,))


def complete(container: Container, answer: ImageConfig | Exception | None = SERVER) -> Container:
    return completed(a_spec(container), gives(answer)).containers[0]


def problems(container: Container, answer: ImageConfig | Exception | None) -> list[str]:
    return [str(problem) for problem in unreadable(a_spec(container), gives(answer))]


GATED = Container(name="db", image="db:1", gated=True)
WELL = Container(name="db", image="db:1", needs_health=True)


def test_no_image_is_read_when_nothing_is_asked_of_it() -> None:
    plain = Container(name="test", image="i", command=("run",), gated=True)
    assert complete(plain, AssertionError()) == plain


@pytest.mark.parametrize(
    ("args", "config", "program"),
    [
        ((), SERVER, ("/entry", "serve", "--all")),
        (("test",), SERVER, ("/entry", "test")),
        ((), ImageConfig(command=("serve",)), ("serve",)),
        ((), ImageConfig(entrypoint=("serve",)), ("serve",)),
    ],
)
def test_a_gated_container_runs_what_its_image_would(
    args: tuple[str, ...], config: ImageConfig, program: tuple[str, ...]
) -> None:
    done = complete(Container(name="db", image="i", args=args, gated=True), config)
    assert (done.command, done.args) == (program, ())


def test_the_health_check_is_the_images_own_unless_another_is_given() -> None:
    assert complete(WELL).health == HEALTH
    mine = HealthCheck(command=("mine",))
    assert complete(Container(name="db", image="i", needs_health=True, health=mine)).health == mine


@pytest.mark.parametrize(
    ("container", "config", "words"),
    [(GATED, ImageConfig(), "names no program"), (WELL, ImageConfig(), "has no HEALTHCHECK")],
)
def test_an_image_that_does_not_tell_is_an_error_with_the_option_to_write(
    container: Container, config: ImageConfig, words: str
) -> None:
    with pytest.raises(WorldFailed, match=words) as failed:
        complete(container, config)
    assert failed.value.remedy.startswith("Write `")
    assert problems(container, config) == [f"{failed.value.message} {failed.value.remedy}"]


@pytest.mark.parametrize("error", [RegistryUnreachable("No answer."), AccessDenied("It says no.")])
def test_a_registry_that_cannot_be_read_from_here_says_what_to_write(error: WorldFailed) -> None:
    with pytest.raises(type(error), match="cannot be read from here: "):
        complete(GATED, error)
    (problem,) = problems(GATED, error)
    assert "Write `command` of 'db' into the step's options" in problem


def test_an_image_that_an_earlier_step_will_bring_is_no_problem_before() -> None:
    assert problems(GATED, None) == problems(GATED, InvalidInput("no reference")) == []
    with pytest.raises(ObjectNotFound, match="db:1"):
        complete(GATED, None)
