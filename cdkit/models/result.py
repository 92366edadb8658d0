"""How a step, and a run, ended."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Status = Literal["succeeded", "failed", "skipped", "cancelled"]


class Failure(msgspec.Struct, frozen=True):
    """Why a step did not succeed, ready to be shown.

    Attributes:
        kind: the name of the error's class.
        message: what happened, to what, and why.
        remedy: what to do about it.
        exit_code: the exit code that this failure asks for.
        cause: the stable id of the cause, when a diagnosis gave one.
        evidence: lines that prove the message.
        traceback: of an unexpected exception only; for the journal, never for the console.
    """

    kind: str
    message: str
    remedy: str
    exit_code: int
    cause: str | None = None
    evidence: tuple[str, ...] = ()
    traceback: str | None = None


class StepResult(msgspec.Struct, frozen=True):
    """The end of one step.

    Attributes:
        step: the step's name in the pipeline.
        status: how it ended.
        seconds: how long it ran, over all attempts.
        outputs: what it handed on; empty unless it succeeded.
        reason: why it was skipped, or an empty string.
        failure: why it failed or was cancelled.
        tolerated: it failed, and the pipeline said `continue-on-error`.
    """

    step: str
    status: Status
    seconds: float = 0.0
    outputs: dict[str, Any] = {}
    reason: str = ""
    failure: Failure | None = None
    tolerated: bool = False


class RunResult(msgspec.Struct, frozen=True):
    """The end of a run: its exit code, and the result of each step by name."""

    exit_code: int
    seconds: float
    steps: dict[str, StepResult]
