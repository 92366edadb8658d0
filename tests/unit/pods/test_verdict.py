"""How a pod has ended, in one word, and the error that says so."""

from __future__ import annotations

import msgspec
import pytest

from cdkit.api import (
    Cancelled,
    Cause,
    CdkitError,
    ClusterUnreachable,
    Decision,
    TimedOut,
    Verdict,
    WorkFailed,
    WorldFailed,
)
from cdkit.diagnosis.log import never_ran
from cdkit_pods.verdict import error_of, verdict_of, worst
from tests.unit.diagnosis.objects import a_cause


def decided(cause: Cause | None, state: str = "failed", *lines: str) -> CdkitError | None:
    decision = Decision(state, Verdict("failed", "Pod x has failed"), cause)  # type: ignore[arg-type]
    return error_of(decision, lambda name: lines or [f"log of {name}"], never_ran)


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (None, "passed"),
        (WorkFailed(""), "failed"),
        (TimedOut(""), "timed out"),
        (WorldFailed(""), "broken"),
        (ClusterUnreachable(""), "unknown"),
        (Cancelled(), "cancelled"),
    ],
)
def test_every_end_has_a_word(error: CdkitError | None, word: str) -> None:
    assert verdict_of(error) == word


def test_the_heaviest_of_several_counts_and_the_first_of_equals() -> None:
    first, second, broken = WorkFailed("1"), WorkFailed("2"), WorldFailed("3")
    assert worst([None, first, second]) is first
    assert worst([first, broken, None]) is broken
    assert worst([None, None]) is None
    assert worst([]) is None


def test_what_is_not_decided_is_no_success() -> None:
    assert isinstance(decided(None, "progressing"), WorldFailed)
    assert isinstance(decided(None), WorldFailed)
    assert decided(None, "succeeded") is None


def test_the_log_of_the_container_that_is_to_blame_is_evidence() -> None:
    error = decided(a_cause("service-died", container="db"))
    assert error is not None
    assert error.evidence == ("  log of db",)


def test_a_pod_that_ended_itself_took_too_long() -> None:
    error = decided(a_cause("deadline-exceeded", container=""))
    assert isinstance(error, TimedOut)
    assert error.evidence == ("  log of test",)


def test_for_an_image_of_ours_the_option_is_named() -> None:
    cause = msgspec.structs.replace(a_cause("image-not-found", container="cdkit-keeper"), concern="image")
    error = decided(cause)
    assert error is not None
    assert "`helper_image`" in error.remedy


@pytest.mark.parametrize("seeming", ["command-failed", "init-container-failing", "service-died"])
@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("exec /app/run: exec format error", "wrong-architecture"),
        ("exec /app/run: no such file or directory", "command-not-found"),
        ("standard_init_linux.go:228: exec user process caused: permission denied", "command-not-executable"),
    ],
)
def test_what_the_runtime_could_not_execute_has_not_failed_but_is_broken(seeming: str, line: str, cause: str) -> None:
    error = decided(a_cause(seeming, container="test"), "failed", line)  # type: ignore[arg-type]
    assert isinstance(error, WorldFailed)
    assert error.message.startswith("The container 'test' cannot start: its command ")
    assert (error.cause, error.evidence) == (cause, (line,))
    assert error.remedy


def test_what_a_program_itself_has_printed_is_not_taken_for_words_of_the_runtime() -> None:
    error = decided(a_cause("command-failed", container="test"), "failed", "begun", "exec /x: exec format error")
    assert isinstance(error, WorkFailed)
