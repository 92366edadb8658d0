"""Which paths are questions about health, and what they ask."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from cdkit.api import Fact, Probe, Source

_HEALTH = re.compile(
    r"(?:/[\w.-]+){0,3}?/(?:-/|_)?"
    r"(?:health|healthz|healthy|healthcheck|health-check|health_check|livez?|liveness|readyz?|readiness|alive|heartbeat)"
    r"(?:/(?:live|liveness|ready|readiness|started|startup|status|check))?/?",
    re.IGNORECASE,
)
_MODEST = re.compile(r"/(?:ping|up|status)/?", re.IGNORECASE)
"""Names that other things have too, so they must stand alone."""
_LIVE = re.compile(r"(?:live|alive|liveness|livez)/?$", re.IGNORECASE)
_READY = re.compile(r"(?:ready|readiness|readyz)/?$", re.IGNORECASE)
_STARTED = re.compile(r"(?:started|startup)/?$", re.IGNORECASE)


class Route(msgspec.Struct, frozen=True):
    """A route that an application serves.

    Attributes:
        path: as a client asks for it, beginning with a slash.
        source: where it is seen.
        scheme: how it is asked.
        port: where; None for the application's first port.
        asks_others: it is about health whatever it is called, and fails with what the application depends on; so it is
            no liveness probe, for a restart mends no database.
    """

    path: str
    source: Source
    scheme: Literal["HTTP", "HTTPS"] = "HTTP"
    port: int | None = None
    asks_others: bool = False


def is_health(path: str) -> bool:
    """Whether a path is a question about health. One with a parameter in it is not."""
    return bool(_HEALTH.fullmatch(path) or _MODEST.fullmatch(path))


def health_facts(routes: Iterable[Route]) -> list[Fact]:
    """The probes that routes make: each question asks the route that is made for it, else the general one.

    A route about readiness alone is no liveness probe either.

    Args:
        routes: routes that are about health, or are not.
    """
    found = [route for route in routes if route.asks_others or is_health(route.path)]
    general = [route for route in found if not any(kind.search(route.path) for kind in (_LIVE, _READY, _STARTED))]
    general.sort(key=lambda route: bool(_MODEST.fullmatch(route.path)))
    live = _of_kind(found, _LIVE)
    ready = _of_kind(found, _READY)
    chosen = {
        "liveness": live or [route for route in general if not route.asks_others][:1],
        "readiness": ready or general[:1] or live,
        "startup": _of_kind(found, _STARTED),
    }
    return [probe_fact(name, routes[0]) for name, routes in chosen.items() if routes]


def probe_fact(name: str, route: Route) -> Fact:
    """A probe that asks a route."""
    probe = Probe(kind="http", path=route.path, port=route.port, scheme=route.scheme)
    return Fact(name, probe, route.source, "derived")


def _of_kind(routes: Sequence[Route], kind: re.Pattern[str]) -> list[Route]:
    return [route for route in routes if kind.search(route.path)]
