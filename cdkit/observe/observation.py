"""Some queries, followed at once: an iterator of snapshots that waits without polling."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from types import TracebackType
from typing import Self

import msgspec

from cdkit.errors import Cancelled
from cdkit.flow.cancellation import Cancellation
from cdkit.flow.clock import Clock, Inbox
from cdkit.models.kube import ObjectQuery
from cdkit.observe.reflector import Message, Reflector
from cdkit.observe.snapshot import Album, Snapshot
from cdkit.ports.cluster import Watchable

GATHERING = 0.03
"""Seconds after the first news of a burst in which further news join the same snapshot."""

PARTING = 1.0
"""Seconds that leaving waits for the threads. One that still waits for the network is left behind, as a daemon."""


class _News(msgspec.Struct, frozen=True):
    query: str
    message: Message


class _Broken(msgspec.Struct, frozen=True):
    """A reflector ended with an error that asking again would not mend."""

    error: BaseException


class _Wake(msgspec.Struct, frozen=True):
    """Somebody asks to stop; the cancellation knows why."""


class Observation:
    """Follows some queries while its context lasts.

    Args:
        source: an API server, or what speaks as one.
        queries: what to follow, by names of the caller's choice.
        cancellation: ends the observation when it is cancelled.
        clock: the time.
    """

    def __init__(
        self,
        source: Watchable,
        queries: Mapping[str, ObjectQuery],
        *,
        cancellation: Cancellation,
        clock: Clock,
    ) -> None:
        self._source = source
        self._queries = dict(queries)
        self._clock = clock
        self._cancellation = Cancellation(cancellation)
        self._album = Album(self._queries)
        self._inbox: Inbox[_News | _Broken | _Wake] = Inbox()
        self._threads = [
            threading.Thread(target=self._follow, args=item, name=f"observe-{item[0]}", daemon=True)
            for item in self._queries.items()
        ]

    def __enter__(self) -> Self:
        self._cancellation.on_cancel(lambda: self._inbox.put(_Wake()))
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._cancellation.cancel(Cancelled("The observation is over."))
        self._cancellation.close()
        latest = self._clock.monotonic() + PARTING
        for thread in self._threads:
            thread.join(max(0.0, latest - self._clock.monotonic()))

    def changes(self, next_look: Callable[[], float | None] = lambda: None) -> Iterator[Snapshot]:
        """A snapshot once every query has been listed, and then whenever there is something to look at.

        That is: something changed, an outage began or ended, or the time that `next_look` gave has come. News that
        come in a burst are one snapshot.

        Args:
            next_look: asked before each wait; gives a time on the clock's monotonic scale, or None.

        Raises:
            CdkitError: the reason of the cancellation; or what a query met that asking again would not mend, such
                as AccessDenied.
        """
        while True:
            is_worth_a_look = self._gather(next_look())
            if is_worth_a_look and self._can_be_shown:
                yield self._album.snapshot()

    @property
    def _can_be_shown(self) -> bool:
        return self._album.is_complete or bool(self._album.outage)

    def _gather(self, look: float | None) -> bool:
        """Wait for news or for the time to look, and take in a whole burst. Gives whether it is worth a look."""
        was_shown = self._can_be_shown
        news = self._receive(look if was_shown else None)
        changed = False
        # The first snapshot is worth more at once than complete with what happens meanwhile.
        settled = self._clock.monotonic() + (GATHERING if was_shown else 0.0)
        while news is not None:
            changed |= self._album.take(news.query, news.message)
            news = self._receive(settled) if changed and self._clock.monotonic() <= settled else None
        return changed or (look is not None and self._clock.monotonic() >= look)

    def _receive(self, until: float | None) -> _News | None:
        self._cancellation.raise_if_cancelled()
        delivery = self._clock.receive(self._inbox, until)
        self._cancellation.raise_if_cancelled()
        if isinstance(delivery, _Broken):
            raise delivery.error
        return delivery if isinstance(delivery, _News) else None

    def _follow(self, name: str, query: ObjectQuery) -> None:
        """Run the reflector of one query, in a thread of its own."""
        reflector = Reflector(self._source, query, clock=self._clock, cancellation=self._cancellation)
        try:
            for message in reflector.messages():
                self._inbox.put(_News(name, message))
        except BaseException as error:  # noqa: BLE001 -- handed to the thread that waits, which raises it
            self._inbox.put(_Broken(error))
