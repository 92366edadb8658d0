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
from cdkit_pods.verdict import error_of, verdict_of, worst
from tests.unit.diagnosis.objects import a_cause


def decided(cause: Cause | None, state: str = "failed") -> CdkitError | None:
    return error_of(Decision(state, Verdict("failed", "Pod x has failed"), cause), lambda name: [f"log of {name}"])  # type: ignore[arg-type]


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
