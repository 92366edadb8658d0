"""Asking an API server again, when the first answer was a fault that may pass."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from cdkit.clients.kube.errors import Answer
from cdkit.errors import ClusterUnreachable

if TYPE_CHECKING:
    from tenacity import RetryCallState

ATTEMPTS = 4
FIRST_PAUSE_SECONDS = 0.25
LONGEST_PAUSE_SECONDS = 10.0
GIVE_UP_SECONDS = 20.0
"""No further attempt is begun after this time, so that a server that swallows packets does not cost minutes."""

Sleep = Callable[[float], None]
Outcome = Answer | ClusterUnreachable


def retried(send: Callable[[], Answer], sleep: Sleep, worth: Callable[[Outcome], bool]) -> Answer:
    """The answer to a request, sent again a few times while it is worth it.

    Args:
        send: sends the request once.
        sleep: waits so many seconds.
        worth: whether another attempt may end better than this one.

    Raises:
        ClusterUnreachable: what the last attempt raised.
    """
    first = _outcome(send)
    outcome = _repeated(first, send, sleep, worth) if worth(first) else first
    if isinstance(outcome, ClusterUnreachable):
        raise outcome
    return outcome


def _outcome(send: Callable[[], Answer]) -> Outcome:
    try:
        return send()
    except ClusterUnreachable as error:
        return error


def _repeated(first: Outcome, send: Callable[[], Answer], sleep: Sleep, worth: Callable[[Outcome], bool]) -> Outcome:
    # Almost every request succeeds at once, and should not pay for this import.
    from tenacity import Retrying, retry_if_result, stop_after_attempt, stop_after_delay

    known = [first]
    retrying = Retrying(
        sleep=sleep,
        wait=_pause,
        retry=retry_if_result(worth),
        stop=stop_after_attempt(ATTEMPTS) | stop_after_delay(GIVE_UP_SECONDS),
        retry_error_callback=_last_outcome,
    )
    return retrying(lambda: known.pop() if known else _outcome(send))


def _pause(state: RetryCallState) -> float:
    """Twice as long each time, or what the server asks for in Retry-After."""
    outcome = _last_outcome(state)
    asked = outcome.retry_after if isinstance(outcome, Answer) else 0.0
    return min(LONGEST_PAUSE_SECONDS, asked or FIRST_PAUSE_SECONDS * 2 ** (state.attempt_number - 1))


def _last_outcome(state: RetryCallState) -> Outcome:
    if state.outcome is None:
        msg = "tenacity asks only after an attempt"
        raise RuntimeError(msg)
    outcome: Outcome = state.outcome.result()
    return outcome
