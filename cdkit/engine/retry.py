"""Trying again after a transient failure, and only after one: whether an error is transient is its type."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

from cdkit.errors import CdkitError
from cdkit.pipeline.model import RetrySpec
from cdkit.pipeline.step_checks import error_classes

if TYPE_CHECKING:
    from tenacity import RetryCallState

Result = TypeVar("Result")
OnRetry = Callable[[int, float, CdkitError], None]
"""Called with the number of the attempt that failed, the seconds until the next one, and the error."""


def call_with_retry(
    attempt: Callable[[], Result], policy: RetrySpec, *, sleep: Callable[[float], None], on_retry: OnRetry
) -> Result:
    """Call until it succeeds, fails for good, or has failed as often as the policy allows.

    tenacity is loaded only when a first attempt has failed: nearly all runs never need it.

    Raises:
        CdkitError: the last one, when every attempt failed.
    """
    try:
        return attempt()
    except CdkitError as error:
        if policy.attempts == 1 or not isinstance(error, _classes(policy)):
            raise
        first = error
    return _call_again(attempt, first, policy, sleep, on_retry)


def _classes(policy: RetrySpec) -> tuple[type[CdkitError], ...]:
    return tuple(kind for kind in error_classes() if kind.__name__ in policy.on)


def _call_again(
    attempt: Callable[[], Result],
    first: CdkitError,
    policy: RetrySpec,
    sleep: Callable[[float], None],
    on_retry: OnRetry,
) -> Result:
    from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential, wait_random

    def before_sleep(state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, CdkitError):
            on_retry(state.attempt_number, state.upcoming_sleep, error)

    exponential = wait_exponential(multiplier=policy.delay, max=policy.max_delay)
    # A little randomness keeps a hundred builds from asking a registry that comes back all at once.
    randomness = wait_random(0, policy.delay / 2)
    retrying = Retrying(
        retry=retry_if_exception_type(_classes(policy)),
        stop=stop_after_attempt(policy.attempts),
        wait=lambda state: min(exponential(state) + randomness(state), float(policy.max_delay)),
        sleep=sleep,
        before_sleep=before_sleep,
        reraise=True,
    )
    failed: Iterator[CdkitError] = iter([first])

    def attempt_or_first_failure() -> Result:
        for error in failed:
            raise error
        return attempt()

    return retrying(attempt_or_first_failure)
