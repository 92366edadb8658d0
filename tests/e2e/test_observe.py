"""What is seen of a real cluster through watches: nothing is lost, and nothing moves back."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from cdkit.clients.kube.cluster import KubernetesCluster
from cdkit.errors import TimedOut
from cdkit.flow.cancellation import Cancellation
from cdkit.flow.clock import SystemClock
from cdkit.models.kube import Manifest, ObjectQuery, ObjectRef
from cdkit.observe.observation import Observation
from cdkit.observe.snapshot import Snapshot

pytestmark = pytest.mark.cluster

OBJECTS, ROUNDS = 100, 20
LONGEST_WAIT = 60


def settings(namespace: str) -> ObjectQuery:
    return ObjectQuery("v1", "ConfigMap", namespace, label_selector="seen=yes")


def config_map(namespace: str, name: str, **data: str) -> Manifest:
    metadata = {"name": name, "namespace": namespace, "labels": {"seen": "yes"}}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}


def reference(namespace: str, name: str) -> ObjectRef:
    return ObjectRef("v1", "ConfigMap", name, namespace)


def contents(snapshot: Snapshot) -> dict[str, Any]:
    return {item["metadata"]["name"]: item.get("data") for item in snapshot["settings"]}


def await_contents(changes: Iterator[Snapshot], expected: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    for snapshot in changes:
        assert snapshot.outage == ""
        if expected(contents(snapshot)):
            return contents(snapshot)
    raise AssertionError("an observation does not end by itself")


@pytest.fixture
def cancellation() -> Iterator[Cancellation]:
    """Ends a test that waits for what never comes."""
    cancellation = Cancellation()
    timer = threading.Timer(LONGEST_WAIT, lambda: cancellation.cancel(TimedOut("It was not seen.")))
    timer.start()
    yield cancellation
    timer.cancel()


@pytest.fixture
def changes(cluster: KubernetesCluster, namespace: str, cancellation: Cancellation) -> Iterator[Iterator[Snapshot]]:
    queries = {"settings": settings(namespace)}
    with Observation(cluster, queries, cancellation=cancellation, clock=SystemClock()) as observation:
        yield observation.changes()


def test_what_is_made_changed_and_deleted_is_seen(
    cluster: KubernetesCluster, namespace: str, changes: Iterator[Snapshot]
) -> None:
    assert contents(next(changes)) == {}
    cluster.create(config_map(namespace, "hello", greeting="hi"))
    await_contents(changes, {"hello": {"greeting": "hi"}}.__eq__)
    cluster.patch(reference(namespace, "hello"), {"data": {"greeting": "hello"}}, "merge")
    await_contents(changes, {"hello": {"greeting": "hello"}}.__eq__)
    cluster.delete(reference(namespace, "hello"))
    await_contents(changes, {}.__eq__)


def test_an_object_that_leaves_the_selector_goes_and_may_come_back(
    cluster: KubernetesCluster, namespace: str, changes: Iterator[Snapshot]
) -> None:
    hello = reference(namespace, "hello")
    cluster.create(config_map(namespace, "hello", greeting="hi"))
    await_contents(changes, lambda seen: set(seen) == {"hello"})
    cluster.patch(hello, {"metadata": {"labels": {"seen": "no"}}}, "merge")
    await_contents(changes, lambda seen: not seen)
    cluster.patch(hello, {"metadata": {"labels": {"seen": "yes"}}}, "merge")
    await_contents(changes, lambda seen: set(seen) == {"hello"})


def test_of_thousands_of_changes_none_is_lost(
    cluster: KubernetesCluster, namespace: str, changes: Iterator[Snapshot]
) -> None:
    next(changes)

    def work(number: int) -> None:
        name = f"number-{number}"
        cluster.create(config_map(namespace, name, round="0"))
        for round_number in range(1, ROUNDS):
            cluster.patch(reference(namespace, name), {"data": {"round": str(round_number)}}, "merge")
        if number % 2:
            cluster.delete(reference(namespace, name))

    with ThreadPoolExecutor(4) as workers:
        done = [workers.submit(work, number) for number in range(OBJECTS)]
        expected = {f"number-{number}": {"round": str(ROUNDS - 1)} for number in range(0, OBJECTS, 2)}
        assert await_contents(changes, expected.__eq__) == expected
        for future in done:
            future.result()
