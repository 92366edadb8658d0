"""One judge for each thing that is followed, and what they decide together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Generic, TypeVar

from cdkit.diagnosis.judge import Decision, Judge
from cdkit.diagnosis.verdict import Verdict

Key = TypeVar("Key")

UNSEEN = Decision("progressing", Verdict("progressing", "nothing was seen yet"))


class Panel(Generic[Key]):
    """Judges several things at every look. Times are as for `Judge`.

    Args:
        keys: what the things are called.
        patience: as for `Judge`.

    Attributes:
        decisions: the last decision on each thing.
    """

    def __init__(self, keys: Iterable[Key], patience: float = 1.0) -> None:
        self._judges = {key: Judge(patience) for key in keys}
        self.decisions: dict[Key, Decision] = dict.fromkeys(self._judges, UNSEEN)

    @property
    def is_final(self) -> bool:
        """Whether there is nothing left to wait for: one has failed, or all have succeeded at the same look."""
        states = {decision.state for decision in self.decisions.values()}
        return "failed" in states or "progressing" not in states

    def observe(self, verdicts: Mapping[Key, Verdict], now: float) -> None:
        """Take in a verdict on each thing that was true at the time `now`."""
        self.decisions = {key: judge.observe(verdicts[key], now) for key, judge in self._judges.items()}

    def lose_sight(self, now: float) -> None:
        """Nothing can be seen from `now` on: until the next look, no grace runs."""
        for judge in self._judges.values():
            judge.lose_sight(now)

    def next_look(self, now: float) -> float | None:
        """The time, not before `now`, at which the next grace runs out; None when none is running."""
        looks = (judge.next_look(now) for judge in self._judges.values())
        return min((look for look in looks if look is not None), default=None)

    def told(self) -> str:
        """How far all of them are, in one line: how many are ready, and what the first of the others waits for."""
        waiting = {key: item for key, item in self.decisions.items() if item.state != "succeeded"}
        if not waiting:
            return "all is ready"
        key, decision = max(waiting.items(), key=lambda item: bool(item[1].verdict.causes))
        line = _in_one_line(decision.verdict)
        if len(self.decisions) == 1:
            return line
        ready = len(self.decisions) - len(waiting)
        return f"{ready} of {len(self.decisions)} objects ready; {key}: {line}"


def _in_one_line(verdict: Verdict) -> str:
    first = verdict.causes[0].sentence if verdict.causes else ""
    return f"{verdict.summary}. {first}".strip() if first else verdict.summary
