"""Following objects of any kind: what is watched for them, and when it is over."""

from __future__ import annotations

import pytest

from cdkit.diagnosis.judge import Decision
from cdkit.diagnosis.verdict import Progress
from cdkit.flow.cancellation import Cancellation
from cdkit.models.kube import Manifest, ObjectRef
from cdkit.observe.follow import Terms
from cdkit.observe.objects import follow_objects, follow_removal
from cdkit.observe.watches import selector_text, watches
from cdkit.testing import FakeClock, FakeCluster

Told = list[tuple[ObjectRef, Progress]]


def ref(kind: str, name: str, version: str = "apps/v1") -> ObjectRef:
    return ObjectRef(version, kind, name, "team")


WEB, API = ref("Deployment", "web"), ref("Deployment", "api")
SETTINGS = ref("ConfigMap", "settings", "v1")
WIDGET = ref("Widget", "w", "example.com/v1")


def deployment(name: str, available: int, **more: object) -> Manifest:
    labels = {"app": name}
    counts = {"replicas": 2, "updatedReplicas": 2, "availableReplicas": available, "observedGeneration": 1}
    spec = {"replicas": 2, "selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}}}
    metadata = {"name": name, "namespace": "team"}
    status = {**counts, **more}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": spec, "status": status}


@pytest.fixture
def cluster() -> FakeCluster:
    cluster = FakeCluster("team")
    cluster.serve("example.com/v1", "Widget", "widgets")
    return cluster


def followed(
    cluster: FakeCluster, *refs: ObjectRef, progress: Told | None = None, patience: float = 1.0
) -> dict[ObjectRef, Decision]:
    told = [] if progress is None else progress
    return follow_objects(
        cluster,
        refs,
        Terms(Cancellation(), FakeClock(auto_advance=True), lambda _: None, patience),
        on_progress=lambda of, counted: told.append((of, counted)),
        seconds=60,
    )


def test_all_are_ready_at_the_same_moment(cluster: FakeCluster) -> None:
    cluster.put(deployment("web", 2))
    cluster.put(deployment("api", 2))
    progress: Told = []
    decisions = followed(cluster, WEB, SETTINGS, API, progress=progress)
    assert {of: decision.state for of, decision in decisions.items()} == dict.fromkeys(
        (WEB, SETTINGS, API), "succeeded"
    )
    assert progress == [(WEB, Progress(2, 2)), (API, Progress(2, 2))]


def test_one_that_fails_ends_it(cluster: FakeCluster) -> None:
    overdue = {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded"}
    cluster.put(deployment("web", 2))
    cluster.put(deployment("api", 0, conditions=[overdue]))
    decisions = followed(cluster, WEB, API)
    assert (decisions[WEB].state, decisions[API].state) == ("succeeded", "failed")
    assert decisions[API].cause is not None
    assert decisions[API].cause.id == "progress-deadline"


def test_one_that_goes_on_is_left_when_the_time_is_over(cluster: FakeCluster) -> None:
    cluster.put(deployment("web", 1))
    (decision,) = followed(cluster, WEB).values()
    assert (decision.state, decision.verdict.summary) == ("progressing", "2 of 2 replicas updated, 1 available")


def test_one_that_is_not_there_has_failed(cluster: FakeCluster) -> None:
    cluster.put(deployment("web", 2))
    for refs in ((WEB, API), (API,)):
        cause = followed(cluster, *refs)[API].cause
        assert cause is not None
        assert cause.id == "object-gone"
        assert cause.sentence == "Deployment api is not there any more: somebody has deleted it."


def test_a_slow_cluster_is_given_more_time(cluster: FakeCluster) -> None:
    paused = deployment("web", 0)
    paused["metadata"] |= {"deletionTimestamp": "2026-01-31T12:00:00Z", "finalizers": ["example.com/hold"]}
    cluster.put(paused)
    assert followed(cluster, WEB)[WEB].state == "failed"
    assert followed(cluster, WEB, patience=3)[WEB].state == "progressing"


def test_what_is_ready_as_it_is_costs_no_request(cluster: FakeCluster) -> None:
    assert followed(cluster, SETTINGS)[SETTINGS].state == "succeeded"
    assert cluster.requests == []


def test_an_object_of_a_kind_that_is_not_known_is_followed_too(cluster: FakeCluster) -> None:
    ready = {"status": {"conditions": [{"type": "Ready", "status": "True"}]}}
    place = {"name": "w", "namespace": "team"}
    cluster.put({"apiVersion": "example.com/v1", "kind": "Widget", "metadata": place, **ready})
    assert followed(cluster, WIDGET)[WIDGET].state == "succeeded"


def test_an_object_of_any_kind_may_say_when_it_is_ready(cluster: FakeCluster) -> None:
    waiting = deployment("web", 2)
    waiting["metadata"]["annotations"] = {"cdkit.dev/ready-jsonpath": "{.status.warm}=true"}
    cluster.put(waiting)
    assert followed(cluster, WEB)[WEB].state == "progressing"
    cluster.put({**waiting, "status": {"observedGeneration": 1, "warm": True}})
    assert followed(cluster, WEB)[WEB].state == "succeeded"


def test_an_object_that_is_on_its_way_out_is_not_ready(cluster: FakeCluster) -> None:
    leaving = deployment("web", 2)
    leaving["metadata"] |= {"deletionTimestamp": "2026-01-31T12:00:00Z", "finalizers": ["example.com/hold"]}
    cluster.put(leaving)
    decision = followed(cluster, WEB)[WEB]
    assert decision.cause is not None
    assert (decision.state, decision.cause.id) == ("failed", "deletion-hanging")


def removed(cluster: FakeCluster, *refs: ObjectRef) -> dict[ObjectRef, Decision]:
    terms = Terms(Cancellation(), FakeClock(auto_advance=True), lambda _: None)
    return follow_removal(cluster, refs, terms, seconds=600)


def test_what_was_deleted_is_followed_until_it_is_gone(cluster: FakeCluster) -> None:
    assert removed(cluster, WEB, SETTINGS, WIDGET)[WEB].state == "succeeded"
    leaving = deployment("web", 2)
    leaving["metadata"] |= {"deletionTimestamp": "2026-01-31T12:00:00Z", "finalizers": ["example.com/hold"]}
    cluster.put(leaving)
    decisions = removed(cluster, WEB, SETTINGS)
    assert (decisions[WEB].state, decisions[SETTINGS].state) == ("failed", "succeeded")


def test_many_objects_share_one_watch_of_each_kind(cluster: FakeCluster) -> None:
    refs = [ref("Deployment", f"web-{number}") for number in range(30)]
    for each in refs:
        cluster.put(deployment(each.name, 2))
    cluster.requests.clear()
    followed(cluster, *refs)
    assert sorted(request for request in cluster.requests if not request.startswith("watch")) == [
        "list Deployment",
        "list Event",
        "list Pod",
        "list ReplicaSet",
    ]


def test_one_object_asks_for_its_own_pods_only() -> None:
    queries = watches([WEB, SETTINGS], {WEB: "app=web"})
    assert {query.kind: query.label_selector or query.field_selector for query in queries.values()} == {
        "Deployment": "metadata.name=web",
        "ReplicaSet": "app=web",
        "Pod": "app=web",
        "Event": "",
        "ConfigMap": "metadata.name=settings",
    }


def test_a_selector_is_written_as_the_api_takes_it() -> None:
    expressions = [
        {"key": "tier", "operator": "In", "values": ["a", "b"]},
        {"key": "track", "operator": "NotIn", "values": ["canary"]},
        {"key": "x", "operator": "Exists"},
        {"key": "y", "operator": "DoesNotExist"},
    ]
    assert selector_text({"matchLabels": {"app": "web"}, "matchExpressions": expressions}) == (
        "app=web,tier in (a,b),track notin (canary),x,!y"
    )
    assert selector_text({"app": "web", "tier": "a"}) == "app=web,tier=a"
    assert selector_text({}) == ""
