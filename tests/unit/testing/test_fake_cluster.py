"""What tests do with the fake cluster beyond the port; the port itself is in tests/contract."""

from __future__ import annotations

from itertools import chain

import pytest

from cdkit.errors import AccessDenied, Cancelled, ClusterUnreachable, TimedOut
from cdkit.flow.cancellation import Cancellation
from cdkit.models.kube import Manifest, ObjectQuery, ObjectRef
from cdkit.testing import FakeCluster

POD = ObjectRef("v1", "Pod", "web", "default")


def pod(phase: str = "") -> Manifest:
    manifest: Manifest = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "web"},
        "spec": {"containers": [{"name": "main", "image": "web:1"}]},
    }
    return manifest | ({"status": {"phase": phase}} if phase else {})


@pytest.fixture
def cluster() -> FakeCluster:
    return FakeCluster()


def test_a_test_may_write_the_status_and_a_client_may_not(cluster: FakeCluster) -> None:
    cluster.put(pod("Running"))
    assert (cluster.get(POD) or {})["status"] == {"phase": "Running"}
    cluster.apply(pod("Failed"))
    cluster.patch(POD, {"status": {"phase": "Failed"}}, "merge")
    assert (cluster.get(POD) or {})["status"] == {"phase": "Running"}
    cluster.delete(POD)
    assert "status" not in cluster.create(pod("Failed"))


def test_what_a_controller_would_do_is_a_reaction(cluster: FakeCluster) -> None:
    def start(cluster: FakeCluster, manifest: Manifest) -> None:
        cluster.put(manifest | {"status": {"phase": "Running"}})

    cluster.react("Pod", start)
    cluster.create(pod())
    assert (cluster.get(POD) or {})["status"] == {"phase": "Running"}


def test_the_requests_are_kept_in_order(cluster: FakeCluster) -> None:
    cluster.get(POD)
    cluster.apply(pod())
    cluster.list(ObjectQuery("v1", "Pod"))
    cluster.delete(POD)
    assert cluster.requests == ["get Pod web", "apply Pod web", "list Pod", "delete Pod web"]


def test_what_is_given_cannot_be_changed_from_outside(cluster: FakeCluster) -> None:
    applied = cluster.apply(pod())
    applied["spec"]["containers"].clear()
    assert len((cluster.get(POD) or {})["spec"]["containers"]) == 1


def test_the_next_requests_can_be_made_to_fail(cluster: FakeCluster) -> None:
    cluster.fail_next(TimedOut("first"), TimedOut("second"))
    for said in ("first", "second"):
        with pytest.raises(TimedOut, match=said):
            cluster.get(POD)
    assert cluster.get(POD) is None


def test_a_verb_that_is_denied_names_itself_and_the_resource(cluster: FakeCluster) -> None:
    cluster.deny("patch", "pods")
    with pytest.raises(AccessDenied, match='cannot patch resource "pods"'):
        cluster.apply(pod())
    assert not cluster.allowed("patch", "", "pods", "default")
    assert cluster.allowed("get", "", "pods", "default")


def test_an_outage_breaks_open_watches_and_passes(cluster: FakeCluster) -> None:
    _, version = cluster.list(ObjectQuery("v1", "Pod"))
    cluster.apply(pod())
    changes = cluster.watch(ObjectQuery("v1", "Pod"), version, Cancellation())
    next(changes)
    cluster.go_away("No route to host")
    with pytest.raises(ClusterUnreachable, match="No route to host"):
        next(changes)
    cluster.come_back()
    assert cluster.get(POD) is not None


def test_a_watch_can_be_ended_by_the_server(cluster: FakeCluster) -> None:
    cluster.apply(pod())
    changes = cluster.watch(ObjectQuery("v1", "Pod"), "0", Cancellation())
    next(changes)
    cluster.end_watches()
    assert list(changes) == []


def test_a_watch_from_a_forgotten_version_is_an_error_change(cluster: FakeCluster) -> None:
    _, version = cluster.list(ObjectQuery("v1", "Pod"))
    cluster.apply(pod())
    cluster.forget_history()
    (change,) = cluster.watch(ObjectQuery("v1", "Pod"), version, Cancellation())
    assert (change.type, change.object["code"]) == ("ERROR", 410)


def test_a_namespace_takes_all_that_is_in_it_along(cluster: FakeCluster) -> None:
    cluster.apply(pod())
    cluster.remove(ObjectRef("v1", "Namespace", "default"))
    assert cluster.get(POD) is None


def test_a_further_kind_can_be_served(cluster: FakeCluster) -> None:
    cluster.serve("example.com/v1", "Widget", "widgets")
    widget = {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "w"}}
    assert cluster.apply(widget)["metadata"]["namespace"] == "default"


def test_a_log_grows_while_it_is_followed(cluster: FakeCluster) -> None:
    cluster.put(pod("Running"))
    cluster.logs_of_pods.write("web", "main", "one", still_running=True)
    lines = cluster.logs(POD, "main", cancellation=Cancellation(), follow=True)
    assert next(lines) == "one"
    cluster.logs_of_pods.write("web", "main", "two")
    assert list(lines) == ["two"]


def test_a_log_breaks_off_where_a_test_says_so(cluster: FakeCluster) -> None:
    cluster.put(pod("Running"))
    logs = cluster.logs_of_pods
    logs.write("web", "main", "one", "two", time="2026-01-01T00:00:01.000000000Z", still_running=True)
    logs.break_next(after=1, error=ClusterUnreachable("It is cut."))
    lines = chain.from_iterable(cluster.log_lines(POD, "main", cancellation=Cancellation()))
    assert next(lines).text == "one"
    with pytest.raises(ClusterUnreachable, match="cut"):
        next(lines)
    since = "2026-01-01T00:00:01.000000000Z"
    again = chain.from_iterable(cluster.log_lines(POD, "main", since=since, cancellation=Cancellation()))
    assert [next(again).text, next(again).text] == ["one", "two"]
    cluster.go_away()
    with pytest.raises(ClusterUnreachable, match="Connection refused"):
        next(again)


def test_the_log_of_an_earlier_instance_is_one_of_its_own(cluster: FakeCluster) -> None:
    cluster.put(pod("Running"))
    cluster.logs_of_pods.write("web", "main", "crashed", previous=True)
    assert list(cluster.logs(POD, "main", cancellation=Cancellation(), previous=True)) == ["crashed"]
    assert list(cluster.logs(POD, "main", cancellation=Cancellation())) == []


def test_a_followed_log_hears_of_a_cancel_that_came_before(cluster: FakeCluster) -> None:
    cluster.put(pod("Running"))
    cluster.logs_of_pods.write("web", "main", "one", still_running=True)
    cancellation = Cancellation()
    lines = cluster.logs(POD, "main", cancellation=cancellation, follow=True)
    next(lines)
    cancellation.cancel(Cancelled())
    with pytest.raises(Cancelled):
        next(lines)
