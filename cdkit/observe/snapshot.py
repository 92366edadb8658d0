"""The pictures of several queries, and what they look like at one moment."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from cdkit.models.kube import Manifest
from cdkit.observe.picture import Picture
from cdkit.observe.reflector import Changed, Listed, Message, Unseen


class Snapshot(msgspec.Struct, frozen=True):
    """The objects of every query as they were last seen.

    Attributes:
        objects: the objects by the query's name.
        outage: why the cluster cannot be seen now; empty when it can. During an outage the objects are the last
            known ones, and a query that was never answered has none.
    """

    objects: dict[str, list[Manifest]]
    outage: str = ""

    def __getitem__(self, query: str) -> list[Manifest]:
        return self.objects[query]


class Album:
    """One picture a query, of which a snapshot can be made."""

    def __init__(self, queries: Iterable[str]) -> None:
        self._pictures = {query: Picture() for query in queries}
        self._unlisted = set(self._pictures)
        self._outages: dict[str, str] = {}

    @property
    def is_complete(self) -> bool:
        """Whether every query has been listed."""
        return not self._unlisted

    @property
    def outage(self) -> str:
        """Why a query cannot be answered now; empty when all can."""
        return next(iter(self._outages.values()), "")

    def take(self, query: str, message: Message) -> bool:
        """Take in what the reflector of a query tells. Gives whether a snapshot would now look different."""
        match message:
            case Unseen(reason):
                told = self.outage
                self._outages.setdefault(query, reason)
                return not told
            case Listed(objects, resource_version):
                told = self.outage
                self._outages.pop(query, None)
                is_first = query in self._unlisted
                self._unlisted.discard(query)
                changed = self._pictures[query].replace(objects, resource_version)
                return changed or is_first or bool(told and not self.outage)
            case Changed(change):
                return self._pictures[query].apply(change)

    def snapshot(self) -> Snapshot:
        """What is known now."""
        return Snapshot({query: picture.objects for query, picture in self._pictures.items()}, self.outage)
