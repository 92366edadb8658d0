"""From a series of verdicts to the final one: a cause is fatal when it has stood for its grace without a break."""

from __future__ import annotations

import msgspec

from cdkit.diagnosis.verdict import Cause, State, Verdict


class Decision(msgspec.Struct, frozen=True):
    """What to do after a look.

    Attributes:
        state: `progressing` means: look again at the next change, or at `Judge.next_look`.
        verdict: the verdict that led to it.
        cause: the cause that ended it, when `state` is `failed`; None when the verdict failed without naming one.
    """

    state: State
    verdict: Verdict
    cause: Cause | None = None

    @property
    def is_final(self) -> bool:
        """Whether there is nothing left to wait for."""
        return self.state != "progressing"


class Judge:
    """Remembers since when each cause stands. Times are seconds on one scale of the caller's, which never runs back.

    A cause is the same one while its concern and its container are, whichever pod shows it: a ReplicaSet replaces its
    pods, and a broken template breaks each of them.

    Args:
        patience: every grace is so many times as long.
    """

    def __init__(self, patience: float = 1.0) -> None:
        self._patience = patience
        self._since: dict[tuple[str, str], float] = {}
        self._graces: dict[tuple[str, str], float] = {}
        self._blind_since: float | None = None
        self._telling: dict[tuple[str, str, str], Cause] = {}

    def observe(self, verdict: Verdict, now: float) -> Decision:
        """Take in a verdict that was true at the time `now`."""
        verdict = msgspec.structs.replace(verdict, causes=tuple(map(self._recalled, verdict.causes)))
        self._see_again(now)
        self._remember(verdict.causes, now)
        if verdict.state == "succeeded":
            return Decision("succeeded", verdict)
        fatal = [cause for cause in verdict.causes if self._has_run_out(cause, now)]
        if fatal or verdict.state == "failed":
            return Decision("failed", verdict, next(iter(fatal or verdict.causes), None))
        return Decision("progressing", verdict)

    def lose_sight(self, now: float) -> None:
        """The cluster cannot be seen from `now` on: until the next verdict, no grace runs."""
        if self._blind_since is None:
            self._blind_since = now

    def next_look(self, now: float) -> float | None:
        """The time, not before `now`, at which the next grace runs out; None when none is running."""
        if self._blind_since is not None:
            return None
        ends = [self._since[identity] + grace for identity, grace in self._graces.items()]
        return max(now, min(ends)) if ends else None

    def _recalled(self, cause: Cause) -> Cause:
        """The cause, or what an earlier look told more exactly: while it backs off, a kubelet names no reason."""
        key = (cause.pod, *cause.identity)
        if cause.is_vague:
            return self._telling.get(key, cause)
        self._telling[key] = cause
        return cause

    def _see_again(self, now: float) -> None:
        if self._blind_since is not None:
            missed = now - self._blind_since
            self._since = {identity: since + missed for identity, since in self._since.items()}
            self._blind_since = None

    def _remember(self, causes: tuple[Cause, ...], now: float) -> None:
        self._since = {cause.identity: self._since.get(cause.identity, now) for cause in causes}
        self._graces = {}
        for cause in causes:
            if cause.patience.grace is not None:
                grace = cause.patience.grace * self._patience
                self._graces[cause.identity] = min(grace, self._graces.get(cause.identity, grace))

    def _has_run_out(self, cause: Cause, now: float) -> bool:
        grace = cause.patience.grace
        return grace is not None and now >= self._since[cause.identity] + grace * self._patience
