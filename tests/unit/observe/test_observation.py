from __future__ import annotations

import threading

import pytest

from cdkit.errors import AccessDenied, Cancelled, ClusterUnreachable, TimedOut
from cdkit.flow.cancellation import Cancellation
from cdkit.observe.observation import Observation
from cdkit.observe.snapshot import Snapshot
from tests.unit.observe.scripted import EVENTS, PODS, JumpingClock, ScriptedCluster, change, pod

AWAY = ClusterUnreachable("The API server does not answer: connection refused.")
QUERIES = {"pods": PODS, "events": EVENTS}


def observation(cluster: ScriptedCluster, cancellation: Cancellation | None = None) -> Observation:
    return Observation(cluster, QUERIES, cancellation=cancellation or Cancellation(), clock=JumpingClock())


def names(snapshot: Snapshot) -> list[str]:
    return [item["metadata"]["name"] for item in snapshot["pods"]]


def test_the_first_snapshot_holds_every_query() -> None:
    cluster = ScriptedCluster({"Pod": [([pod("a", "1")], "1")], "Event": [([], "1")]})
    with observation(cluster) as observed:
        first = next(observed.changes())
    assert names(first) == ["a"]
    assert first["events"] == []
    assert first.outage == ""


def test_changes_follow_and_a_burst_is_few_snapshots() -> None:
    burst = [change("ADDED", pod(f"p{number}", str(number))) for number in range(2, 1002)]
    cluster = ScriptedCluster({"Pod": [([pod("p1", "1")], "1")], "Event": [([], "1")]}, {"Pod": [burst]})
    snapshots = 0
    with observation(cluster) as observed:
        for snapshot in observed.changes():
            snapshots += 1
            assert cluster.silent.wait(10)
            if len(names(snapshot)) == 1001:
                break
    assert snapshots <= 20


def test_a_repeated_change_makes_no_snapshot() -> None:
    repeated = [change("MODIFIED", pod("a", "1", phase="Pending")), change("ADDED", pod("b", "2"))]
    cluster = ScriptedCluster({"Pod": [([pod("a", "1")], "1")], "Event": [([], "1")]}, {"Pod": [repeated]})
    with observation(cluster) as observed:
        for snapshot in observed.changes():
            if len(snapshot["pods"]) == 2:
                break
    assert snapshot["pods"][0]["status"] == {}


def test_the_time_to_look_again_makes_a_snapshot() -> None:
    cluster = ScriptedCluster({"Pod": [([], "1")], "Event": [([], "1")]})
    clock = JumpingClock()
    with Observation(cluster, QUERIES, cancellation=Cancellation(), clock=clock) as observed:
        looks: list[float | None] = [None]
        changes = observed.changes(lambda: looks[0])
        next(changes)
        looks[0] = 5000.0
        again = next(changes)
    assert again == Snapshot({"pods": [], "events": []})
    assert clock.monotonic() >= 5000


def test_an_outage_is_shown_when_it_begins_and_when_it_ends() -> None:
    cluster = ScriptedCluster(
        {"Pod": [([pod("a", "1")], "1"), AWAY, AWAY, ([pod("a", "1")], "9")], "Event": [([], "1")]},
        {"Pod": [[AWAY]]},
    )
    outages = []
    with observation(cluster) as observed:
        for snapshot in observed.changes():
            assert names(snapshot) in ([], ["a"])
            outages.append(snapshot.outage)
            if cluster.silent.is_set() and not snapshot.outage:
                break
    assert outages[-1] == ""


def test_an_outage_before_the_first_answer_is_shown() -> None:
    cluster = ScriptedCluster({"Pod": [AWAY], "Event": [AWAY]})
    with observation(cluster) as observed:
        first = next(observed.changes())
    assert first == Snapshot({"pods": [], "events": []}, AWAY.message)


def test_what_asking_again_would_not_mend_is_raised() -> None:
    cluster = ScriptedCluster({"Pod": [AccessDenied("may not list pods")], "Event": [([], "1")]})
    with observation(cluster) as observed, pytest.raises(AccessDenied, match="may not list pods"):
        list(observed.changes())


def test_a_cancel_raises_its_reason_while_nothing_happens() -> None:
    cancellation = Cancellation()
    cluster = ScriptedCluster({"Pod": [([], "1")], "Event": [([], "1")]})
    with observation(cluster, cancellation) as observed:
        changes = observed.changes()
        next(changes)
        threading.Timer(0.01, lambda: cancellation.cancel(TimedOut("too long"))).start()
        with pytest.raises(TimedOut, match="too long"):
            next(changes)


def test_leaving_ends_the_threads_and_not_the_caller() -> None:
    cancellation = Cancellation()
    cluster = ScriptedCluster({"Pod": [([], "1")], "Event": [([], "1")]})
    before = set(threading.enumerate())
    with observation(cluster, cancellation) as observed:
        next(observed.changes())
        assert len(set(threading.enumerate()) - before) == 2
    assert set(threading.enumerate()) <= before
    assert cancellation.reason is None


def test_an_error_of_the_consumer_ends_the_threads_too() -> None:
    cluster = ScriptedCluster({"Pod": [([], "1")], "Event": [([], "1")]})
    before = set(threading.enumerate())
    with pytest.raises(Cancelled):
        fail_while_observing(cluster)
    assert set(threading.enumerate()) <= before


def fail_while_observing(cluster: ScriptedCluster) -> None:
    with observation(cluster) as observed:
        next(observed.changes())
        raise Cancelled
