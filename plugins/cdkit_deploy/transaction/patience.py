"""Trying again what a cluster refuses only for the moment."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from cdkit.api import CdkitError, ObjectConflict, StepContext, Unavailable

if TYPE_CHECKING:
    from tenacity import RetryCallState

Result = TypeVar("Result")

LONGEST = 60.0
"""Seconds after which a refusal is not taken for a passing one any more: a webhook's pod has started long before."""

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 8.0
"""Seconds. The client has tried a few times already before its error reaches us."""


def is_passing(error: BaseException) -> bool:
    """Whether the same request may succeed soon.

    The server is overloaded or changes its leader, a webhook does not answer yet (500), or somebody else wrote the
    object in the same moment (409). A conflict about fields that others own does not pass by itself.
    """
    if isinstance(error, ObjectConflict):
        return not error.fields
    return isinstance(error, Unavailable)


def patiently(
    ctx: StepContext,
    what: str,
    request: Callable[[], Result],
    passes: Callable[[BaseException], bool] = is_passing,
) -> Result:
    """The answer to a request that may be made twice, asked again while its refusal is a passing one.

    tenacity is loaded only when a first attempt has failed: nearly all runs never need it.

    Args:
        ctx: the step's context.
        what: the object, to tell what is waited for.
        request: makes the request once.
        passes: whether a refusal is a passing one.

    Raises:
        CdkitError: the last refusal.
    """
    try:
        return request()
    except CdkitError as error:
        if not passes(error):
            raise
        first = error
    return _again(ctx, what, first, request, passes)


def _again(
    ctx: StepContext,
    what: str,
    first: CdkitError,
    request: Callable[[], Result],
    passes: Callable[[BaseException], bool],
) -> Result:
    from tenacity import Retrying, retry_if_exception, wait_exponential, wait_random

    latest = ctx.clock.monotonic() + LONGEST
    failed = [first]

    def attempt() -> Result:
        if failed:
            raise failed.pop()
        return request()

    def tell(state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome else None
        ctx.waiting(f"{what}: {error}")

    retrying = Retrying(
        retry=retry_if_exception(passes),
        # The step's own clock decides, so that a test need not wait.
        stop=lambda state: ctx.clock.monotonic() + state.upcoming_sleep > latest,
        wait=wait_exponential(multiplier=FIRST_PAUSE, max=LONGEST_PAUSE) + wait_random(0, FIRST_PAUSE),
        sleep=ctx.sleep,
        before_sleep=tell,
        reraise=True,
    )
    return retrying(attempt)
