"""Trying again, with growing waits, and only what is transient."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from cdkit.engine.retry import call_with_retry
from cdkit.errors import AccessDenied, Cancelled, RegistryUnreachable, Unavailable, WorkFailed
from cdkit.models.duration import Duration
from cdkit.pipeline.model import RetrySpec

POLICY = RetrySpec(attempts=5, delay=Duration(2), max_delay=Duration(9))


class Trial:
    """Fails with the given errors, one after the other, and succeeds then."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.attempts = 0
        self.waits: list[float] = []
        self.told: list[tuple[int, float, str]] = []

    def attempt(self) -> str:
        self.attempts += 1
        if self.errors:
            raise self.errors.pop(0)
        return "done"

    def call(self, policy: RetrySpec = POLICY, sleep: Callable[[float], None] | None = None) -> str:
        return call_with_retry(
            self.attempt,
            policy,
            sleep=sleep or self.waits.append,
            on_retry=lambda attempt, delay, error: self.told.append((attempt, delay, error.message)),
        )


def away(number: int) -> list[Unavailable]:
    return [RegistryUnreachable(f"no answer {index}") for index in range(1, number + 1)]


def test_the_waits_double_up_to_the_longest_with_a_little_randomness() -> None:
    trial = Trial(*away(4))
    assert trial.call() == "done"
    first, second, third, fourth = trial.waits
    assert 2 <= first <= 3
    assert 4 <= second <= 5
    assert 8 <= third <= 9
    assert fourth == 9
    assert trial.told == [(number, trial.waits[number - 1], f"no answer {number}") for number in (1, 2, 3, 4)]


def test_the_last_error_stands_when_every_attempt_failed() -> None:
    trial = Trial(*away(9))
    with pytest.raises(RegistryUnreachable, match="no answer 5"):
        trial.call()
    assert (trial.attempts, len(trial.waits)) == (5, 4)


@pytest.mark.parametrize("error", [WorkFailed("x"), AccessDenied("x"), Cancelled(), ValueError("x")])
def test_what_is_permanent_is_not_tried_again_neither_first_nor_later(error: Exception) -> None:
    for before in (0, 2):
        trial = Trial(*away(before), error)
        with pytest.raises(type(error)):
            trial.call()
        assert trial.attempts == before + 1


def test_one_attempt_means_one() -> None:
    trial = Trial(*away(1))
    with pytest.raises(RegistryUnreachable):
        trial.call(RetrySpec(attempts=1))
    assert (trial.attempts, trial.waits) == (1, [])


def test_no_delay_is_no_delay() -> None:
    trial = Trial(*away(2))
    trial.call(RetrySpec(delay=Duration(0)))
    assert trial.waits == [0, 0]


def test_a_stop_while_it_waits_ends_it() -> None:
    def stopped(_: float) -> None:
        raise Cancelled

    trial = Trial(*away(2))
    with pytest.raises(Cancelled):
        trial.call(sleep=stopped)
    assert trial.attempts == 1
