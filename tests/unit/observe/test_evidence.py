"""The last lines of the container that failed, from whichever of its instances has any."""

from __future__ import annotations

import msgspec
import pytest

from cdkit.diagnosis.verdict import Instance
from cdkit.flow.cancellation import Cancellation
from cdkit.observe.evidence import with_log
from cdkit.testing import FakeCluster
from tests.unit.diagnosis.objects import a_cause


@pytest.fixture
def cluster() -> FakeCluster:
    cluster = FakeCluster("team")
    place = {"name": "hello-1", "namespace": "team"}
    cluster.put({"apiVersion": "v1", "kind": "Pod", "metadata": place, "spec": {"containers": [{"name": "hello"}]}})
    return cluster


def told(cluster: FakeCluster, instance: Instance, pod: str = "hello-1") -> tuple[str, ...]:
    cause = msgspec.structs.replace(a_cause("crash-loop"), log=instance, pod=pod)
    return with_log(cluster, "team", cause, Cancellation()).evidence


def test_the_instance_that_the_cause_names_comes_first(cluster: FakeCluster) -> None:
    cluster.logs_of_pods.write("hello-1", "hello", "before", previous=True)
    cluster.logs_of_pods.write("hello-1", "hello", "now")
    assert told(cluster, "current") == ("log of container hello: now",)
    assert told(cluster, "previous") == ("log of container hello: before",)


def test_where_that_one_is_silent_or_not_there_the_other_one_is_asked(cluster: FakeCluster) -> None:
    cluster.logs_of_pods.write("hello-1", "hello", "now")
    assert told(cluster, "previous") == ("log of container hello: now",)


def test_that_nothing_was_printed_is_told(cluster: FakeCluster) -> None:
    assert told(cluster, "current") == ("log of container hello: (it printed nothing)",)


def test_a_log_that_cannot_be_had_is_no_reason_to_tell_less(cluster: FakeCluster) -> None:
    (line,) = told(cluster, "current", pod="gone")
    assert line.startswith("log of container hello: (its log could not be read: ")
