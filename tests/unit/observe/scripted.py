"""A cluster that answers from a script, and a clock that jumps instead of waiting."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from typing import Any

from cdkit.flow.cancellation import Cancellation
from cdkit.flow.clock import Inbox
from cdkit.models.kube import Manifest, ObjectChange, ObjectQuery

PODS = ObjectQuery("v1", "Pod", "hello")
EVENTS = ObjectQuery("v1", "Event", "hello")

Answer = Any
"""What a script holds: an answer, or an error to raise."""


def pod(name: str, version: str, uid: str = "", **status: Any) -> Manifest:
    metadata = {"name": name, "namespace": "hello", "uid": uid or f"uid-{name}", "resourceVersion": version}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "status": status}


def change(kind: str, item: Manifest) -> ObjectChange:
    return ObjectChange(kind, item)


def bookmark(version: str) -> ObjectChange:
    return ObjectChange("BOOKMARK", {"kind": "Pod", "metadata": {"resourceVersion": version}})


def gone() -> ObjectChange:
    return ObjectChange("ERROR", {"kind": "Status", "code": 410, "message": "too old resource version: 1 (9)"})


class Silence:
    """The end of a script: a watch in which nothing happens until it is cancelled."""


class ScriptedCluster:
    """Answers lists and watches of each kind in the order of its scripts; after them a watch stays silent.

    Args:
        lists: by kind, the answers to `list`: `(objects, resource version)` or an error. The last one is repeated.
        watches: by kind, the answers to `watch`: what happens in it, where an error is raised and a function called.
    """

    def __init__(
        self, lists: dict[str, list[Answer]], watches: dict[str, list[Iterable[Answer]]] | None = None
    ) -> None:
        self._lists = {kind: list(script) for kind, script in lists.items()}
        self._watches = {kind: list(script) for kind, script in (watches or {}).items()}
        self.asked: list[tuple[str, ...]] = []
        self.watch_seconds: list[int] = []
        self.silent = threading.Event()

    def list(self, query: ObjectQuery) -> tuple[list[Manifest], str]:
        self.asked.append(("list", query.kind))
        script = self._lists[query.kind]
        answer = script.pop(0) if len(script) > 1 else script[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def watch(
        self, query: ObjectQuery, resource_version: str, cancellation: Cancellation, *, seconds: int = 300
    ) -> Iterator[ObjectChange]:
        self.asked.append(("watch", query.kind, resource_version))
        self.watch_seconds.append(seconds)
        script = self._watches.get(query.kind) or []
        for answer in script.pop(0) if script else [Silence()]:
            if isinstance(answer, Exception):
                raise answer
            if callable(answer):
                answer()
                continue
            if isinstance(answer, Silence):
                self.silent.set()
                _until(cancellation)
            yield answer


def _until(cancellation: Cancellation) -> None:
    inbox: Inbox[str] = Inbox()
    cancellation.on_cancel(lambda: inbox.put("cancelled"))
    assert inbox.take(10), "nobody cancelled"
    cancellation.raise_if_cancelled()


class JumpingClock:
    """Waits for messages in earnest, and passes over a wait that has an end."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._now = 1000.0
        self.waits: list[float] = []

    def pass_by(self, seconds: float) -> None:
        with self._lock:
            self._now += seconds

    def now(self) -> float:
        return self._now

    def monotonic(self) -> float:
        return self._now

    def receive(self, inbox: Inbox[Any], until: float | None) -> Any:
        if until is None:
            message = inbox.take(10)
            assert message is not None, "nothing came"
            return message
        message = inbox.take(0)
        if message is None:
            with self._lock:
                self.waits.append(round(until - self._now, 3))
                self._now = max(self._now, until)
        return message
