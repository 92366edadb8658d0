"""Watches things until it is decided how they end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple, TypeVar

from cdkit.diagnosis.judge import Decision
from cdkit.diagnosis.panel import Panel
from cdkit.diagnosis.verdict import Verdict
from cdkit.flow.cancellation import Cancellation
from cdkit.flow.clock import Clock
from cdkit.models.kube import ObjectQuery
from cdkit.observe.observation import Observation
from cdkit.observe.snapshot import Snapshot
from cdkit.ports.cluster import Watchable

Key = TypeVar("Key")

Tell = Callable[[str], None]
"""Called with one line for a person whenever there is something new to tell."""


class Terms(NamedTuple):
    """On what terms something is followed.

    Attributes:
        cancellation: ends the watching.
        clock: the time.
        tell: hears how it goes.
        patience: every grace of a cause is so many times as long.
    """

    cancellation: Cancellation
    clock: Clock
    tell: Tell
    patience: float = 1.0


def follow(
    source: Watchable,
    queries: Mapping[str, ObjectQuery],
    keys: Iterable[Key],
    diagnose: Callable[[Snapshot], Mapping[Key, Verdict]],
    terms: Terms,
    latest: float | None = None,
) -> dict[Key, Decision]:
    """Look again at every change until one thing has failed or all have succeeded, and give the decision on each.

    An outage of the API server is told as such and decides nothing: graces stand still until it answers again.

    Args:
        source: an API server, or what speaks as one.
        queries: what to watch, by names that `diagnose` knows.
        keys: what is followed.
        diagnose: turns what is seen into a verdict on each of `keys`.
        terms: how it is followed.
        latest: the time, on the clock's monotonic scale, at which the decisions are given although they are not final.

    Raises:
        CdkitError: the reason of the cancellation, or what the API server will not let us see.
    """
    panel, clock = Panel(keys, terms.patience), terms.clock
    told = ""

    def next_look() -> float | None:
        looks = [look for look in (panel.next_look(clock.monotonic()), latest) if look is not None]
        return min(looks, default=None)

    with Observation(source, queries, cancellation=terms.cancellation, clock=clock) as observation:
        for snapshot in observation.changes(next_look):
            now = clock.monotonic()
            if snapshot.outage:
                panel.lose_sight(now)
                line = f"an answer again: {snapshot.outage}"
            else:
                panel.observe(diagnose(snapshot), now)
                line = panel.told()
            if panel.is_final or (latest is not None and now >= latest):
                return panel.decisions
            if line != told:
                terms.tell(line)
                told = line
    raise AssertionError("an observation ends only by raising")
