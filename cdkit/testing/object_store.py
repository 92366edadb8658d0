"""Objects in memory, with the resource versions and the history that a watch needs."""

from __future__ import annotations

import copy
import threading
from collections.abc import Iterator

import msgspec

from cdkit.errors import CdkitError
from cdkit.flow.cancellation import Cancellation
from cdkit.flow.clock import Inbox
from cdkit.models.kube import Manifest, ObjectChange


class Key(msgspec.Struct, frozen=True, order=True):
    """What makes an object one of its own; its group may be served in several versions."""

    group: str
    kind: str
    namespace: str
    name: str


class Entry(msgspec.Struct, frozen=True):
    """One change in the history: the object before and after it; None where there is none."""

    version: int
    key: Key
    before: Manifest | None
    after: Manifest | None


class _End(msgspec.Struct, frozen=True):
    """A watch is to end, quietly or with an error."""

    error: CdkitError | None = None


class ObjectStore:
    """All objects of a cluster. May be used by many threads; what goes in and out is copied."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._objects: dict[Key, Manifest] = {}
        self._history: list[Entry] = []
        self._forgotten = 0
        self._version = 0
        self._watches: list[Inbox[Entry | _End]] = []

    @property
    def version(self) -> int:
        """The resource version of the last change."""
        with self._lock:
            return self._version

    def read(self, key: Key) -> Manifest | None:
        """A copy of an object, or None."""
        with self._lock:
            return copy.deepcopy(self._objects.get(key))

    def find(self, group: str, kind: str, namespace: str) -> list[Manifest]:
        """Copies of the objects of a kind in a namespace, in the order of their names."""
        with self._lock:
            keys = [key for key in self._objects if (key.group, key.kind, key.namespace) == (group, kind, namespace)]
            return [copy.deepcopy(self._objects[key]) for key in sorted(keys)]

    def all_keys(self) -> list[Key]:
        """The keys of all objects."""
        with self._lock:
            return list(self._objects)

    def write(self, key: Key, manifest: Manifest) -> Manifest:
        """Keep an object, and give a copy of it back with its new resource version."""
        with self._lock:
            before = self._objects.get(key)
            after = copy.deepcopy(manifest)
            after["metadata"]["resourceVersion"] = str(self._version + 1)
            self._objects[key] = after
            self._record(key, before, after)
            return copy.deepcopy(after)

    def remove(self, key: Key) -> None:
        """Forget an object."""
        with self._lock:
            before = self._objects.pop(key)
            last = before | {"metadata": before["metadata"] | {"resourceVersion": str(self._version + 1)}}
            self._record(key, last, None)

    def remembers(self, version: int) -> bool:
        """Whether the history goes back to a resource version."""
        with self._lock:
            return version >= self._forgotten

    def forget_history(self) -> None:
        """Forget what was before now, as a server does after some minutes."""
        with self._lock:
            self._forgotten = self._version
            self._history.clear()

    def changes_after(self, version: int, cancellation: Cancellation) -> Iterator[Entry]:
        """The changes after a resource version, without an end until a cancel or `end_watches`."""
        inbox: Inbox[Entry | _End] = Inbox()
        with self._lock:
            for entry in self._history:
                if entry.version > version:
                    inbox.put(entry)
            self._watches.append(inbox)
        forget = cancellation.on_cancel(lambda: inbox.put(_End(cancellation.reason)))
        try:
            yield from _entries(inbox)
        finally:
            forget()
            with self._lock:
                self._watches.remove(inbox)

    def end_watches(self, error: CdkitError | None = None) -> None:
        """End all watches that are open, with or without an error."""
        with self._lock:
            for inbox in self._watches:
                inbox.put(_End(error))

    def _record(self, key: Key, before: Manifest | None, after: Manifest | None) -> None:
        self._version += 1
        entry = Entry(self._version, key, before, after)
        self._history.append(entry)
        for inbox in self._watches:
            inbox.put(entry)


def _entries(inbox: Inbox[Entry | _End]) -> Iterator[Entry]:
    while True:
        message = inbox.take()
        if isinstance(message, Entry):
            yield message
        elif isinstance(message, _End) and message.error is not None:
            raise message.error
        else:
            return


def change_of(entry: Entry, *, matched: bool, matches: bool) -> ObjectChange | None:
    """What a watch is told of a change, when its selector chose the object before, and chooses it after it.

    An object that begins to match a selector is new to this watch, and one that ends to match is gone for it.
    """
    if matches and entry.after is not None:
        return ObjectChange("MODIFIED" if matched else "ADDED", copy.deepcopy(entry.after))
    if matched and entry.before is not None:
        return ObjectChange("DELETED", copy.deepcopy(entry.before if entry.after is None else entry.after))
    return None
