"""A process that is killed in the middle of its work."""

from __future__ import annotations

import threading
from typing import Any

from cdkit.testing import FakeCluster

CHANGING = frozenset({"apply", "create", "patch", "delete"})


class Killed(BaseException):
    """The process is gone: nothing that it would still do happens."""


class Doomed:
    """A cluster as a process sees it that is killed at its n-th changing request, before or after it is done.

    Args:
        cluster: the cluster.
        moment: the number of the request, from 1.
        after: whether the request itself is still done.
    """

    def __init__(self, cluster: FakeCluster, moment: int, *, after: bool) -> None:
        self._cluster = cluster
        self._moment = moment
        self._after = after
        self._lock = threading.Lock()
        self.count = 0

    def __getattr__(self, name: str) -> Any:
        asked = getattr(self._cluster, name)
        return self._dying(asked, name) if callable(asked) else asked

    def _dying(self, asked: Any, name: str) -> Any:
        def ask(*arguments: Any, **named: Any) -> Any:
            with self._lock:
                self._die_when_over()
                self.count += name in CHANGING
                if not self._after:
                    self._die_when_over()
                answer = asked(*arguments, **named)
                self._die_when_over()
                return answer

        return asked if name in {"watch", "logs"} and not self.is_over else ask

    def _die_when_over(self) -> None:
        if self.is_over:
            raise Killed

    @property
    def is_over(self) -> bool:
        """Whether the process is gone."""
        return self.count >= self._moment
