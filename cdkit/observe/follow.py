"""Watches something until it is decided how it ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cdkit.diagnosis.judge import Decision, Judge
from cdkit.diagnosis.verdict import Verdict
from cdkit.flow.cancellation import Cancellation
from cdkit.flow.clock import Clock
from cdkit.models.kube import ObjectQuery
from cdkit.observe.observation import Observation
from cdkit.observe.snapshot import Snapshot
from cdkit.ports.cluster import Cluster

Tell = Callable[[str], None]
"""Called with one line for a person whenever there is something new to tell."""


def follow(
    cluster: Cluster,
    queries: Mapping[str, ObjectQuery],
    diagnose: Callable[[Snapshot], Verdict],
    *,
    cancellation: Cancellation,
    clock: Clock,
    tell: Tell,
    latest: float | None = None,
) -> Decision:
    """Look again at every change until a verdict is final, and give that decision.

    An outage of the API server is told as such and decides nothing: graces stand still until it answers again.

    Args:
        cluster: the API server.
        queries: what to watch, by names that `diagnose` knows.
        diagnose: turns what is seen into a verdict.
        cancellation: ends the watching.
        clock: the time.
        tell: hears how it goes.
        latest: the time, on the clock's monotonic scale, at which the decision is given although it is not final.

    Raises:
        CdkitError: the reason of the cancellation, or what the API server will not let us see.
    """
    judge = Judge()
    told = ""

    def next_look() -> float | None:
        looks = [look for look in (judge.next_look(clock.monotonic()), latest) if look is not None]
        return min(looks, default=None)

    decision = Decision("progressing", Verdict("progressing", "nothing was seen yet"))
    with Observation(cluster, queries, cancellation=cancellation, clock=clock) as observation:
        for snapshot in observation.changes(next_look):
            now = clock.monotonic()
            if snapshot.outage:
                judge.lose_sight(now)
                line = f"the cluster to answer again: {snapshot.outage}"
            else:
                decision = judge.observe(diagnose(snapshot), now)
                line = _in_one_line(decision.verdict)
            if decision.is_final or (latest is not None and now >= latest):
                return decision
            if line != told:
                tell(line)
                told = line
    raise AssertionError("an observation ends only by raising")


def _in_one_line(verdict: Verdict) -> str:
    first = verdict.causes[0].sentence if verdict.causes else ""
    return f"{verdict.summary}. {first}".strip() if first else verdict.summary
