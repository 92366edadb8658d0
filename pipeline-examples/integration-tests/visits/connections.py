"""The two stores, where the environment says that they are."""

from __future__ import annotations

import os

from pg8000.native import Connection
from redis import Redis


def database() -> Connection:
    """A connection to PostgreSQL."""
    return Connection(
        "postgres", host=os.environ["DATABASE_HOST"], database="visits", password=os.environ["DATABASE_PASSWORD"]
    )


def cache() -> Redis:
    """A connection to Redis."""
    return Redis(host=os.environ["CACHE_HOST"])
