"""What happens to the containers of a fake engine, for all that listen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cdkit.flow.cancellation import Cancellation
from cdkit.flow.clock import Inbox
from cdkit.models.container import ContainerState, EngineEvent


class _HangUp:
    """Ends a stream of events."""


class FakeEngineEvents:
    """Streams of events. May be used by threads."""

    def __init__(self) -> None:
        self._listeners: list[tuple[Mapping[str, str], Inbox[EngineEvent | _HangUp]]] = []

    def listen(self, labels: Mapping[str, str], cancellation: Cancellation) -> Iterator[EngineEvent]:
        """What happens to containers with these labels from now on, until `hang_up`."""
        inbox: Inbox[EngineEvent | _HangUp] = Inbox()
        self._listeners.append((dict(labels), inbox))
        return _heard(inbox, cancellation)

    def tell(self, container: ContainerState, action: str) -> None:
        """Something has happened to a container."""
        for labels, inbox in self._listeners:
            if has_labels(labels, container.labels):
                inbox.put(EngineEvent(container.id, action))

    def hang_up(self) -> None:
        """End all streams."""
        for _, inbox in self._listeners:
            inbox.put(_HangUp())


def _heard(inbox: Inbox[EngineEvent | _HangUp], cancellation: Cancellation) -> Iterator[EngineEvent]:
    forget = cancellation.on_cancel(lambda: inbox.put(_HangUp()))
    try:
        while not isinstance(event := inbox.take(), _HangUp):
            if event is not None:
                yield event
        cancellation.raise_if_cancelled()
    finally:
        forget()


def has_labels(wanted: Mapping[str, str], held: Mapping[str, str]) -> bool:
    """Whether what is wanted is held; an empty value stands for any."""
    return all(name in held and value in ("", held[name]) for name, value in wanted.items())
