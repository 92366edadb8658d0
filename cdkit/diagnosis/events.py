"""Events of the cluster, found by the object that they are about."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable

import msgspec

from cdkit.models.kube import Manifest

_SECONDS = len("2026-01-31T12:00:00")
_CONTAINER = re.compile(r"spec\.(?:init|ephemeral)?[cC]ontainers\{(?P<name>[^}]*)\}")


class ObjectEvent(msgspec.Struct, frozen=True):
    """What a component of the cluster told about an object (`v1` Event).

    Attributes:
        reason: the machine's word: `FailedMount`, `Unhealthy`.
        message: its words for people.
        container: the container's name where it is about one (`involvedObject.fieldPath`).
        count: how often it was told.
        time: when it was told last, to the second, as `2026-01-31T12:00:00`: such texts sort by time.
        source: who told it: `kubelet`, `karpenter`.
    """

    reason: str
    message: str
    container: str
    count: int
    time: str
    source: str = ""

    def __str__(self) -> str:
        repeated = f" (x{self.count})" if self.count > 1 else ""
        return f"Event {self.reason}{repeated}: {self.message}"


class EventLog:
    """All events of a namespace, of which those about one object are asked for.

    Args:
        events: Events of `v1` or `events.k8s.io/v1`, in any order.
    """

    def __init__(self, events: Iterable[Manifest]) -> None:
        self._by_uid: dict[str, list[Manifest]] = defaultdict(list)
        self._by_name: dict[tuple[str, str], list[Manifest]] = defaultdict(list)
        for event in events:
            subject = _subject(event)
            self._by_uid[subject.get("uid") or ""].append(event)
            self._by_name[subject.get("kind") or "", subject.get("name") or ""].append(event)

    def about(self, manifest: Manifest) -> tuple[ObjectEvent, ...]:
        """The events about an object, the oldest first."""
        return _in_order(self._by_uid.get(manifest["metadata"].get("uid") or "-", ()))

    def named(self, kind: str, name: str) -> tuple[ObjectEvent, ...]:
        """The events about an object of which only the name is known, the oldest first."""
        return _in_order(self._by_name.get((kind, name), ()))


def latest(events: Iterable[ObjectEvent], matches: Callable[[ObjectEvent], bool]) -> ObjectEvent | None:
    """The last of the events, given the oldest first, that matches."""
    found = None
    for event in events:
        if matches(event):
            found = event
    return found


def moment(timestamp: str | None) -> str:
    """A time of the API (`2026-01-31T12:00:00Z`, with or without fractions) in the form of `ObjectEvent.time`."""
    return (timestamp or "")[:_SECONDS]


def _in_order(events: Iterable[Manifest]) -> tuple[ObjectEvent, ...]:
    return tuple(sorted(map(_read, events), key=lambda event: event.time))


def _subject(event: Manifest) -> Manifest:
    """What it is about: `involvedObject` in `v1`, `regarding` in `events.k8s.io/v1`."""
    return event.get("involvedObject") or event.get("regarding") or {}


def _read(event: Manifest) -> ObjectEvent:
    series = event.get("series") or {}
    container = _CONTAINER.fullmatch(_subject(event).get("fieldPath") or "")
    told = (
        series.get("lastObservedTime")
        or event.get("lastTimestamp")
        or event.get("deprecatedLastTimestamp")
        or event.get("eventTime")
        or event["metadata"].get("creationTimestamp")
    )
    source = event.get("source") or event.get("deprecatedSource") or {}
    return ObjectEvent(
        reason=event.get("reason") or "",
        message=event.get("message") or event.get("note") or "",
        container=container["name"] if container else "",
        count=series.get("count") or event.get("count") or event.get("deprecatedCount") or 1,
        time=moment(told),
        source=event.get("reportingComponent") or event.get("reportingController") or source.get("component") or "",
    )
