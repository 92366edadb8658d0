"""What the steps of a run have found out, for as long as it holds."""

from __future__ import annotations

import threading
from typing import Any, TypeVar

Finding = TypeVar("Finding")


class Findings:
    """What steps keep in memory: each for itself, and by the class of what they keep.

    Whatever a step has found, in files or in the world, another one may change: it holds until another one begins to
    work, and nothing can be kept past the end of one that is at work. Threads may share it.
    """

    def __init__(self) -> None:
        self._found: dict[tuple[str, type], Any] = {}
        self._at_work: set[str] = set()
        self._lock = threading.Lock()

    def begin(self, step: str) -> None:
        """A step begins to work: what the others have found holds no longer."""
        with self._lock:
            self._at_work.add(step)
            self._found = {key: what for key, what in self._found.items() if key[0] == step}

    def end(self, step: str) -> None:
        """A step has come to its end, its clean-up included. One that never began has changed nothing."""
        with self._lock:
            if step in self._at_work:
                self._at_work.remove(step)
                self._found.clear()

    def keep(self, step: str, what: object) -> None:
        """Keep what a step has found, in place of what it has kept of the same class before."""
        with self._lock:
            self._found[step, type(what)] = what

    def kept(self, step: str, kind: type[Finding]) -> Finding | None:
        """What a step has kept of a class; None when it has not, or when that may not hold any more."""
        with self._lock:
            found: Finding | None = None if self._at_work - {step} else self._found.get((step, kind))
            return found

    def forget(self, step: str) -> None:
        """Forget what a step has kept."""
        with self._lock:
            self._found = {key: what for key, what in self._found.items() if key[0] != step}
