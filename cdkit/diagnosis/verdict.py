"""The words of a diagnosis: a verdict, its causes, and how long each cause may stand before it is fatal."""

from __future__ import annotations

from typing import Literal

import msgspec

from cdkit.diagnosis.cause_id import CauseId

State = Literal["progressing", "succeeded", "failed"]
Instance = Literal["current", "previous"]


class Patience(msgspec.Struct, frozen=True):
    """How long a cause may stand before it ends a rollout.

    Attributes:
        grace: seconds that the cause may stand without a break; 0 is fatal now, None is never fatal.
    """

    grace: float | None

    @property
    def is_fatal_now(self) -> bool:
        """Whether waiting any longer is of no use."""
        return self.grace == 0

    @classmethod
    def after(cls, seconds: float) -> Patience:
        """Fatal when the cause has stood for so many seconds."""
        return cls(seconds)


FATAL_NOW = Patience(0)
"""Nothing that Kubernetes does by itself can mend it."""

NEVER_FATAL = Patience(None)
"""Worth telling while waiting, and no reason to stop."""


class Cause(msgspec.Struct, frozen=True, kw_only=True):
    """Why something does not come up.

    Attributes:
        id: stable and in kebab-case: `image-not-found`.
        sentence: what happened, to what, and why, for a person; one line.
        subject: the object: `Pod hello-7d4-x2 container hello`.
        evidence: lines that prove the sentence, as the cluster told them.
        remedy: what to do about it.
        patience: how long it may stand.
        pod: the name of the pod that shows it; empty for a cause of the workload itself.
        container: the container's name; empty for a cause of the whole pod or workload.
        concern: what the patience is for, where several causes are about the same: `image`; the id when empty.
        is_vague: an earlier look may have told more of the same concern; then that stands.
        log: which instance of the container has a log that tells more; None when none has one. `with_log` adds it.
    """

    id: CauseId
    sentence: str
    subject: str
    evidence: tuple[str, ...]
    remedy: str
    patience: Patience
    pod: str = ""
    container: str = ""
    concern: str = ""
    is_vague: bool = False
    log: Instance | None = None

    @property
    def identity(self) -> tuple[str, str]:
        """What makes two causes the same one over time, when pods come and go: the concern and the container."""
        return self.concern or self.id, self.container


class NeverRan(msgspec.Struct, frozen=True):
    """Why a runtime could not execute a program.

    Attributes:
        cause_id: the cause.
        why: as it follows `its command`: `is not executable`.
        remedy: what to do.
    """

    cause_id: CauseId
    why: str
    remedy: str


class Progress(msgspec.Struct, frozen=True):
    """How many replicas are as they are to be; `total` is 0 where there are none to count."""

    done: int = 0
    total: int = 0


class Verdict(msgspec.Struct, frozen=True):
    """What one look at a workload tells.

    Attributes:
        state: `failed` when a cause is fatal now; a cause with a grace leaves it `progressing`.
        summary: one line for a person: `2 of 3 replicas updated, 1 ready`.
        causes: what stands in the way, the most telling first.
        progress: how many replicas run the newest revision and are available.
    """

    state: State
    summary: str
    causes: tuple[Cause, ...] = ()
    progress: Progress = Progress()
