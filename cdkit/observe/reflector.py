"""One query, followed for ever: list, watch from there, and list again when the server asks for it.

https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
"""

from __future__ import annotations

from collections.abc import Generator, Iterator

import msgspec

from cdkit.errors import AccessDenied, Unavailable, WorldFailed
from cdkit.flow.cancellation import Cancellation, pause
from cdkit.flow.clock import Clock, measured
from cdkit.models.kube import Manifest, ObjectChange, ObjectQuery
from cdkit.observe.picture import is_newer, resource_version_of
from cdkit.ports.cluster import LONGEST_WATCH, Watchable

FIRST_PAUSE = 0.2
"""Seconds before a server that did not answer is asked again; each further pause is twice as long."""

LONGEST_PAUSE = 5.0
"""Seconds."""

SHORT_WATCH = 1.0
"""Seconds. A watch that ends earlier than this, and told nothing, was of no use."""

FIRST_WATCH = 30
"""Seconds for which the first watch is asked for. One that told nothing in all its time is followed by a list, which
would show what it should have told: a proxy may swallow an event, and a dead connection swallows all. Each further
watch is twice as long, up to `LONGEST_WATCH`, until one tells something again."""

WHOLE_LIFE = 0.75
"""The part of the time that was asked for after which a watch has lived long enough for its silence to be checked."""

REFUSALS = 3
"""So many watches in a row must be refused for the refusal to be believed: the first ones may be of a version that
the server has forgotten."""


class Listed(msgspec.Struct, frozen=True):
    """All objects of the query, as they were at a resource version. It also says that the server answers."""

    objects: list[Manifest]
    resource_version: str


class Changed(msgspec.Struct, frozen=True):
    """One object came, changed or went."""

    change: ObjectChange


class Unseen(msgspec.Struct, frozen=True):
    """The server does not answer, and what is known grows old, until the next `Listed`."""

    message: str


Message = Listed | Changed | Unseen


class Reflector:
    """Follows one query until it is cancelled.

    Args:
        source: an API server, or what speaks as one.
        query: what to follow.
        clock: the time, for the pauses between questions to a server that does not answer.
        cancellation: ends it.
    """

    def __init__(self, source: Watchable, query: ObjectQuery, *, clock: Clock, cancellation: Cancellation) -> None:
        self._source = source
        self._query = query
        self._clock = clock
        self._cancellation = cancellation
        self._version = ""
        self._failures = 0
        self._watch_seconds = FIRST_WATCH
        self._has_told = False

    def messages(self) -> Iterator[Message]:
        """What happens, in order and without an end.

        Raises:
            CdkitError: a permanent one, such as AccessDenied; or the reason of the cancellation.
        """
        while True:
            self._cancellation.raise_if_cancelled()
            try:
                objects, self._version = self._source.list(self._query)
            except Unavailable as error:
                yield Unseen(error.message)
                self._rest()
            else:
                yield Listed(objects, self._version)
                yield from self._watch_from_here()

    def _watch_from_here(self) -> Iterator[Message]:
        """Watch after watch, until a new list is needed: because a watch cannot be resumed, or told nothing.

        A connection that breaks is not an outage yet: the list that follows is the question whether it is one. Only
        watches that break again and again, and tell nothing in between, are told and slowed down.
        """
        trouble: WorldFailed | None = None
        while trouble is None:
            version, seconds = self._version, measured(self._clock)
            trouble = yield from self._watch()
            if trouble is None and self._was_silent(seconds()):
                return
            if self._version != version or seconds() >= SHORT_WATCH:
                self._failures = 0
            if not self._failures:
                self._failures = 1
                continue
            if trouble is not None and not isinstance(trouble, Unavailable) and self._failures >= REFUSALS:
                raise trouble
            if isinstance(trouble, Unavailable):
                yield Unseen(trouble.message)
            self._rest()

    def _watch(self) -> Generator[Message, None, WorldFailed | None]:
        """One watch. Gives None when the server ended it in the usual way, else why it cannot be resumed."""
        self._has_told = False
        try:
            for change in self._source.watch(
                self._query, self._version, self._cancellation, seconds=self._watch_seconds
            ):
                if change.type == "ERROR":
                    return Unavailable(f"The watch of {self._query.kind} objects ended: {_reason(change)}.")
                version = resource_version_of(change.object)
                if version and is_newer(version, self._version):
                    self._version = version
                if change.type != "BOOKMARK":
                    self._has_told = True
                    yield Changed(change)
        except AccessDenied:
            raise
        except WorldFailed as error:
            self._cancellation.raise_if_cancelled()
            return error
        self._cancellation.raise_if_cancelled()
        return None

    def _was_silent(self, lasted: float) -> bool:
        """Whether a watch of so many seconds told nothing in all its life; also decides how long the next one is."""
        if self._has_told:
            self._watch_seconds = FIRST_WATCH
            return False
        if lasted < self._watch_seconds * WHOLE_LIFE:
            return False
        self._watch_seconds = min(2 * self._watch_seconds, LONGEST_WATCH)
        return True

    def _rest(self) -> None:
        seconds = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(self._failures, 10))
        self._failures += 1
        pause(self._clock, seconds, self._cancellation)


def _reason(change: ObjectChange) -> str:
    """What a `Status` object says. 410 Gone is the usual one: the server has forgotten that resource version."""
    status = change.object
    return str(status.get("message") or status.get("reason") or status.get("code") or "no reason given")
