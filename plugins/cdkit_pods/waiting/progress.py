"""What has come of a condition so far. Pure: it is told what happens, and what the time is."""

from __future__ import annotations

from collections.abc import Mapping

from cdkit_pods.looks import ContainerLook
from cdkit_pods.waiting.conditions import After, Condition, Exited, Healthy, Leaf, Running
from cdkit_pods.waiting.tree import Path, awaited, can_come, leaves


class Progress:
    """How far a service has come on its way to being ready. Times are seconds on one scale of the caller's.

    Args:
        condition: what makes it ready.

    Attributes:
        look: how its container fared at the last look.
    """

    def __init__(self, condition: Condition) -> None:
        self.look = ContainerLook()
        self._condition = condition
        self._met: set[Path] = set()
        self._answers: dict[Path, str] = {}
        self._due: dict[Path, float] = {}

    def note_come(self, path: Path) -> None:
        """A leaf has come."""
        self._met.add(path)

    def note_answer(self, path: Path, answer: str) -> None:
        """Asking for a leaf had this answer, which follows the leaf's own words."""
        self._answers[path] = answer

    def awaited(self, now: float) -> Mapping[Path, Leaf]:
        """The leaves that are to be looked at; none when all has come. What the last look and the time tell counts."""
        while wanted := awaited(self._condition, self._met):
            come = {path for path, leaf in wanted.items() if self._has_come(path, leaf, now)}
            if not come:
                break
            self._met |= come
        return wanted

    def next_due(self, wanted: Mapping[Path, Leaf], now: float) -> float | None:
        """When the next of the times that are waited for is over; those that are waited for only now begin now."""
        for path, leaf in wanted.items():
            if isinstance(leaf, After):
                self._due.setdefault(path, now + leaf.seconds)
        return min((self._due[path] for path in wanted if path in self._due), default=None)

    @property
    def is_hopeless(self) -> bool:
        """Whether the condition will never come, now that the service has ended and all of its log is read."""
        everything = dict(leaves(self._condition))
        if not any(isinstance(leaf, Exited) for leaf in everything.values()):
            return True
        hopeless = {path for path, leaf in everything.items() if not isinstance(leaf, After)}
        return not can_come(self._condition, self._met, hopeless)

    def lacking(self) -> str:
        """What has not come, and what the last answers were; nothing of a service that only had to run."""
        wanted = awaited(self._condition, self._met)
        return "; ".join(
            f"{leaf} {self._answers.get(path, leaf.unanswered)}"
            for path, leaf in wanted.items()
            if not isinstance(leaf, Running)
        )

    def _has_come(self, path: Path, leaf: Leaf, now: float) -> bool:
        look = self.look
        match leaf:
            case Running():
                return look.phase == "running"
            case Healthy():
                return look.phase == "running" and look.ready
            case Exited(code):
                return look.phase == "ended" and look.exit_code == code
            case After():
                return path in self._due and self._due[path] <= now
            case _:
                return False
