"""How many replicas are as they are to be: never more than run the newest revision and are available."""

from __future__ import annotations

import pytest

from cdkit.diagnosis.daemon_set import diagnose_daemon_set
from cdkit.diagnosis.stateful_set import diagnose_stateful_set
from cdkit.diagnosis.verdict import Progress
from tests.unit.diagnosis.objects import Json, metadata
from tests.unit.diagnosis.test_rollouts import judged, status


@pytest.mark.parametrize(
    ("state", "done"),
    [
        (status(replicas=3, updated=0, available=3), 0),
        (status(replicas=4, updated=1, available=3), 0),
        (status(replicas=4, updated=1, available=4), 1),
        (status(replicas=4, updated=3, available=3), 2),
        (status(replicas=3, updated=3, available=2), 2),
        (status(replicas=0, updated=0, available=0), 0),
        (status(), 3),
    ],
)
def test_of_a_deployment(state: Json, done: int) -> None:
    assert judged(state).progress == Progress(done, 3)


def test_nothing_is_counted_before_the_controller_has_looked() -> None:
    assert judged(status(observed=1)).progress == Progress()


@pytest.mark.parametrize(("updated", "ready", "done"), [(0, 3, 0), (2, 2, 2), (2, 3, 2), (3, 2, 2)])
def test_of_a_stateful_set(updated: int, ready: int, done: int) -> None:
    counts = {"replicas": 3, "updatedReplicas": updated, "readyReplicas": ready}
    stateful_set = {
        "kind": "StatefulSet",
        "metadata": metadata("hello", generation=2),
        "spec": {"replicas": 3},
        "status": {"observedGeneration": 2, "updateRevision": "b", "currentRevision": "a", **counts},
    }
    assert diagnose_stateful_set(stateful_set, [], []).progress == Progress(done, 3)


@pytest.mark.parametrize(("updated", "available", "done"), [(0, 2, 0), (1, 2, 1), (2, 1, 1), (2, 2, 2)])
def test_of_a_daemon_set(updated: int, available: int, done: int) -> None:
    counts = {"desiredNumberScheduled": 2, "updatedNumberScheduled": updated, "numberAvailable": available}
    daemon_set = {
        "kind": "DaemonSet",
        "metadata": metadata("hello", generation=2),
        "spec": {},
        "status": {"observedGeneration": 2, **counts},
    }
    assert diagnose_daemon_set(daemon_set, [], []).progress == Progress(done, 2)
