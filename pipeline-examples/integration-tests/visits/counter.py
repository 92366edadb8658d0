"""Counts the visits of pages."""

from __future__ import annotations

from pg8000.native import Connection
from redis import Redis

UPSERT = """
INSERT INTO visits VALUES (:page, :number)
ON CONFLICT (page) DO UPDATE SET number = visits.number + excluded.number
"""


class Counter:
    """Counts in the cache, and moves what it has counted into the database now and then.

    Args:
        cache: where each visit is counted at once.
        database: where they are kept.
    """

    def __init__(self, cache: Redis, database: Connection) -> None:
        self._cache = cache
        self._database = database

    def visit(self, page: str) -> None:
        """Count one visit."""
        self._cache.hincrby("visits", page, 1)

    def flush(self) -> None:
        """Move all that was counted into the database."""
        for page, number in self._cache.hgetall("visits").items():
            self._database.run(UPSERT, page=page.decode(), number=int(number))
        self._cache.delete("visits")

    def total(self, page: str) -> int:
        """How many visits of a page the database knows of."""
        rows = self._database.run("SELECT number FROM visits WHERE page = :page", page=page)
        return int(rows[0][0]) if rows else 0
