"""Makes all checks at once, and gives every one of them a few seconds."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence

import msgspec

from cdkit.doctor.finding import Finding
from cdkit.doctor.place import Place
from cdkit.engine.messages import Interrupted, Messages
from cdkit.errors import Cancelled, CdkitError
from cdkit.flow.clock import Clock

PATIENCE = 5.0
"""Seconds. What does not answer by then does not answer a build either."""

Check = Callable[[Place], Iterable[Finding]]


class _Answer(msgspec.Struct, frozen=True):
    about: str
    findings: tuple[Finding, ...]


def examine(checks: dict[str, Check], place: Place, clock: Clock, inbox: Messages) -> list[Finding]:
    """The findings of all checks, in the order of the checks.

    Args:
        checks: by what they look at, in one word.
        place: where they look.
        clock: the time.
        inbox: answers come here, and an interruption.

    Raises:
        Cancelled: an interruption came.
    """
    for about, check in checks.items():
        # A daemon: what never answers must not keep the process alive.
        work = threading.Thread(target=_ask, args=(about, check, place, inbox), name=f"doctor-{about}", daemon=True)
        work.start()
    answers = _answers(len(checks), clock, inbox)
    place.cancellation.cancel(Cancelled("The examination is over."))
    return [finding for about in checks for finding in answers.get(about, (_silent(about),))]


def _answers(count: int, clock: Clock, inbox: Messages) -> dict[str, Sequence[Finding]]:
    until = clock.monotonic() + PATIENCE
    answers: dict[str, Sequence[Finding]] = {}
    while len(answers) < count:
        message = clock.receive(inbox, until)
        if message is None:
            break
        if isinstance(message, Interrupted):
            raise Cancelled(signal_number=message.signal_number)
        if isinstance(message, _Answer):
            answers[message.about] = message.findings
    return answers


def _ask(about: str, check: Check, place: Place, inbox: Messages) -> None:
    inbox.put(_Answer(about, _findings(about, check, place)))


def _findings(about: str, check: Check, place: Place) -> tuple[Finding, ...]:
    try:
        return tuple(check(place))
    except CdkitError as error:
        return (Finding(about, "wrong", error.message, error.remedy, error.evidence),)
    except Exception as error:  # noqa: BLE001 -- a check that breaks is a finding too
        message = f"This could not be looked at: {type(error).__name__}: {error}"
        return (Finding(about, "wrong", message, "This is a defect of cdkit; please report it."),)


def _silent(about: str) -> Finding:
    message = f"No answer within {PATIENCE:.0f} seconds."
    return Finding(about, "wrong", message, "See whether it is overloaded, or behind a firewall that drops packets.")
