"""How a test pod has ended, in one word, and the error that says so."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from cdkit.api import (
    Cancelled,
    Cause,
    CdkitError,
    Decision,
    NeverRan,
    TimedOut,
    Unavailable,
    WorkFailed,
    WorldFailed,
)
from cdkit_pods.spec import MAIN, OWN_PREFIX

Verdict = Literal["passed", "failed", "timed out", "broken", "unknown", "cancelled"]
"""`failed` is the tests' own word; `broken`: they could not be run; `unknown`: nobody can tell how they ended."""

BY_WEIGHT: tuple[Verdict, ...] = ("passed", "failed", "timed out", "broken", "unknown", "cancelled")
"""Of several pods the heaviest verdict counts."""

HELPER_REMEDY = "Name an image with a static busybox under `helper_image` that can be pulled here."

LastLines = Callable[[str], Sequence[str]]
"""Gives the last lines of a container's log."""


def verdict_of(error: CdkitError | None) -> Verdict:
    """The word for how a pod has ended."""
    if error is None:
        return "passed"
    if isinstance(error, WorkFailed):
        return "failed"
    if isinstance(error, TimedOut):
        return "timed out"
    if isinstance(error, Unavailable):
        return "unknown"
    return "cancelled" if isinstance(error, Cancelled) else "broken"


def worst(errors: Sequence[CdkitError | None]) -> CdkitError | None:
    """The error with the heaviest verdict, the first one of several; None when there is none."""
    return max(errors, key=lambda error: BY_WEIGHT.index(verdict_of(error)), default=None)


RuntimeWords = Callable[[Sequence[str]], NeverRan | None]
"""Tells of the last lines of a log whether they are of a runtime that could not execute the program."""

ENDED_BADLY = frozenset({"command-failed", "init-container-failing", "service-died"})
"""Causes of a program that has ended, or seems to: some runtimes start what they cannot execute, and let it fail."""


def error_of(decision: Decision, last_lines: LastLines, runtime_words: RuntimeWords) -> CdkitError | None:
    """What a decision on a pod means for its step; None when the tests ended with 0.

    Args:
        decision: of whoever followed the pod.
        last_lines: of the containers, for evidence.
        runtime_words: what they may be.
    """
    if decision.state == "succeeded":
        return None
    cause = decision.cause
    if cause is None:
        return WorldFailed(f"{decision.verdict.summary}.")
    container = cause.container or MAIN
    if cause.id in ENDED_BADLY and (unstarted := unstarted_error(container, last_lines(container), runtime_words)):
        return unstarted
    if cause.id == "command-failed":
        evidence = last_lines(MAIN) or cause.evidence
        return WorkFailed(cause.sentence, remedy=cause.remedy, cause=cause.id, evidence=evidence)
    error = TimedOut if cause.id == "deadline-exceeded" else WorldFailed
    remedy = HELPER_REMEDY if _is_about_the_helper(cause) else cause.remedy
    evidence = [*cause.evidence, *(f"  {line}" for line in last_lines(container))]
    return error(cause.sentence, remedy=remedy, cause=cause.id, evidence=evidence)


def unstarted_error(container: str, lines: Sequence[str], runtime_words: RuntimeWords) -> WorldFailed | None:
    """The error of a container that seems to have run, and could not be started; None where nothing says so.

    Args:
        container: its name.
        lines: the last of its log. The runtime's words are all that there is: the program itself has never run.
        runtime_words: what they may be.
    """
    words = runtime_words(lines) if len(lines) == 1 else None
    if words is None:
        return None
    message = f"The container {container!r} cannot start: its command {words.why}."
    return WorldFailed(message, remedy=words.remedy, cause=words.cause_id, evidence=lines)


def with_last_lines(error: CdkitError, last_lines: LastLines, fared: str) -> CdkitError:
    """An error, with what was seen last where it has no evidence of its own: of tests that took too long.

    Args:
        error: what has ended the pod.
        last_lines: of the containers.
        fared: how the pod fared last, for tests that printed nothing or never began.
    """
    if isinstance(error, TimedOut) and not error.evidence:
        error.evidence = tuple(last_lines(MAIN)) or tuple(filter(None, (fared,)))
    return error


def _is_about_the_helper(cause: Cause) -> bool:
    return cause.concern == "image" and cause.container.startswith(OWN_PREFIX)
