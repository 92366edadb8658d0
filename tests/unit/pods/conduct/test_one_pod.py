"""One pod, from its start to its verdict."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cdkit.api import CdkitError, ClusterUnreachable, Duration, TimedOut, WorkFailed, WorldFailed
from tests.unit.pods.conduct.fake_runtime import Acts, FakePod, FakeRuntime
from tests.unit.pods.conduct.stage import Stage, played


def failing(operation: str, error: CdkitError) -> Callable[[str], None]:
    """Lets an operation fail the first time."""
    errors = [error]

    def before(done: str) -> None:
        if done == operation and errors:
            raise errors.pop()

    return before


def test_tests_that_pass_are_shown_and_their_pod_is_removed() -> None:
    stage = played(acts={"test": Acts(prints=("one", "two"), ends=0)})
    assert stage.error is None
    assert stage.lines == ["Pod pod-0 in memory", "one", "two"]
    assert stage.runtime.left == []
    assert stage.runtime.pods[0].did == ["start test", "end test", "remove"]
    assert stage.ended is not None
    assert stage.ended.pods == ("pod-0",)


def test_tests_that_fail_are_told_with_their_last_words() -> None:
    stage = played(acts={"test": Acts(prints=("assertion",), ends=3)})
    assert isinstance(stage.error, WorkFailed)
    assert (stage.error.cause, stage.error.evidence) == ("command-failed", ("assertion",))
    assert "exit code 3" in stage.error.message
    assert stage.runtime.left == []


def test_memory_that_is_not_enough_is_no_failure_of_the_tests() -> None:
    stage = played(acts={"test": Acts(prints=("loading",), ends=137, reason="OOMKilled")})
    assert isinstance(stage.error, WorldFailed)
    assert stage.error.cause == "oom-killed"
    assert "  loading" in stage.error.evidence


def test_an_image_that_cannot_be_pulled_ends_the_waiting() -> None:
    stage = played(acts={"test": Acts(waits="InvalidImageName")})
    assert isinstance(stage.error, WorldFailed)
    assert stage.error.cause == "invalid-image-name"


def test_of_a_pod_that_never_began_no_artifacts_are_asked_for() -> None:
    stage = played("artifacts: [/out]", {"test": Acts(waits="InvalidImageName")})
    assert "read cdkit-artifacts-0" not in stage.runtime.pods[0].did


def test_the_loss_of_what_an_evicted_pod_has_left_is_told() -> None:
    evicted = {"phase": "Failed", "reason": "Evicted", "message": "The node was low.", "containerStatuses": []}
    runtime = FakeRuntime({"test": Acts(prints=("begun",))})

    def before(operation: str) -> None:
        if operation == "log":
            runtime.cluster.put_status(runtime.pods[0].ref, evicted)
        if operation.startswith("read"):
            raise WorldFailed("The keeper has ended.")

    runtime.before = before
    stage = Stage("artifacts: [/out]", runtime).play()
    assert isinstance(stage.error, WorldFailed)
    assert stage.error.cause == "evicted"
    assert stage.warnings == ["The artifacts 'out' did not come out whole: The keeper has ended."]


def test_what_tests_say_last_is_shown_though_their_end_was_seen_before() -> None:
    def act(pod: FakePod) -> None:
        pod.end_before_its_last_words("test", 1, "2 failed")

    stage = played(acts={"test": Acts(prints=("one",), then=act)})
    assert stage.lines[1:] == ["one", "2 failed"]
    assert stage.error is not None
    assert stage.error.evidence == ("one", "2 failed")


@pytest.mark.parametrize(("option", "seconds"), [("test_timeout: 60s", 30), ("longest: 60s", 30)])
def test_tests_that_take_too_long_are_ended(option: str, seconds: float) -> None:
    stage = Stage(option, FakeRuntime({"test": Acts(prints=("hanging",))})).play(seconds)
    assert isinstance(stage.error, TimedOut)
    assert stage.error.cause == "deadline-exceeded"
    assert stage.error.message.endswith(f"did not end within 1m (`{option.partition(':')[0]}`).")
    assert stage.error.evidence == ("hanging",)
    assert stage.runtime.left == []


def test_of_a_pod_that_takes_too_long_to_begin_is_told_how_it_fared() -> None:
    stage = Stage("longest: 60s", FakeRuntime({"test": Acts(waits="ContainerCreating")})).play(30)
    assert isinstance(stage.error, TimedOut)
    assert stage.error.evidence == ("Pod pod-0 is running (ContainerCreating)",)


def test_a_pod_that_somebody_deletes_is_no_success() -> None:
    stage = played(acts={"test": Acts(then=lambda pod: pod.source.remove(pod.ref))})  # type: ignore[attr-defined]
    assert isinstance(stage.error, WorldFailed)
    assert stage.error.cause == "pod-gone"


def test_a_step_that_is_called_off_leaves_nothing() -> None:
    def call_off(_: FakePod) -> None:
        stage.cancellation.cancel(TimedOut("The step took too long."))

    stage = Stage("keep: on-failure", FakeRuntime({"test": Acts(then=call_off)}))
    stage.play()
    assert isinstance(stage.error, TimedOut)


def test_a_pod_that_is_kept_is_told_of() -> None:
    stage = played("keep: on-failure\nkeep_for: 5m", {"test": Acts(ends=1)})
    assert stage.runtime.left == ["pod-0"]
    assert stage.runtime.pods[0].kept == Duration(300)
    assert stage.lines[-3:] == [
        "Pod pod-0 is kept for 5 min 0 s. To look at it, and to remove it:",
        "  look at it",
        "  remove it",
    ]


@pytest.mark.parametrize(
    ("keep", "code", "is_left"),
    [("never", 1, False), ("on-failure", 0, False), ("on-failure", 1, True), ("always", 0, True)],
)
def test_a_pod_is_kept_when_the_option_says_so(keep: str, code: int, is_left: bool) -> None:
    assert bool(played(f"keep: {keep}", {"test": Acts(ends=code)}).runtime.left) is is_left


def test_a_pod_that_cannot_be_kept_is_removed() -> None:
    runtime = FakeRuntime()
    runtime.before = failing("keep", ClusterUnreachable("away"))
    stage = Stage("keep: always", runtime).play()
    assert stage.warnings == ["Pod pod-0 cannot be kept: away"]
    assert runtime.left == []


def test_a_removal_that_fails_is_tried_again_at_the_end_of_the_step() -> None:
    runtime = FakeRuntime()
    runtime.before = failing("remove", ClusterUnreachable("away"))
    stage = Stage("", runtime).play()
    assert stage.error is None
    assert runtime.left == []
    assert stage.warnings == []


def test_what_killed_runs_have_left_is_removed_and_told() -> None:
    stage = Stage("", FakeRuntime(orphans=("Pod old, left behind by 'test'",))).play()
    assert "Pod old, left behind by 'test', was removed" in stage.lines


def test_a_sweep_that_fails_is_a_warning() -> None:
    runtime = FakeRuntime()
    runtime.before = failing("sweep", ClusterUnreachable("away"))
    stage = Stage("", runtime).play()
    assert stage.error is None
    assert stage.warnings == ["What killed runs have left could not be removed: away"]
