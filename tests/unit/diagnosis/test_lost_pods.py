"""Pods that lost their node or their place, and objects that do not go."""

from __future__ import annotations

import pytest

from cdkit.diagnosis.deletion import diagnose_deletion, lingering_causes
from cdkit.diagnosis.deployment import diagnose_deployment
from cdkit.diagnosis.events import EventLog
from cdkit.diagnosis.replicas import replica_causes
from tests.unit.diagnosis.objects import (
    Json,
    container_status,
    event,
    metadata,
    only_cause,
    pod,
    running,
)

LEAVING = {"deletionTimestamp": "2026-01-31T12:00:00Z", "deletionGracePeriodSeconds": 5}


def unready(name: str = "hello-1", **parts: Json) -> Json:
    status = {"phase": "Running", "conditions": [{"type": "Ready", "status": "False"}], **parts.pop("status", {})}
    return pod(name, container_status(state=running()), status=status, **parts)


def test_a_pod_whose_node_does_not_answer_says_so() -> None:
    lost = unready(spec={"nodeName": "node-7"})
    cause = only_cause(lost, event(lost, "NodeNotReady", "Node is not ready"))
    assert (cause.id, cause.patience.grace) == ("node-lost", 360)
    assert cause.sentence == "Pod hello-1 is out of reach: the node node-7 does not answer."


def test_a_node_that_came_back_is_forgotten() -> None:
    silent = event(unready(), "NodeNotReady", "Node is not ready")
    back = pod("hello-1", container_status(ready=True, state=running()))
    assert not replica_causes([back], EventLog([silent]), desired=1)


def test_a_pod_of_a_lost_node_is_lost_with_it() -> None:
    gone = pod("hello-1", status={"phase": "Failed", "reason": "NodeLost", "message": "Node node-7 is unresponsive"})
    cause = only_cause(gone)
    assert (cause.id, cause.sentence) == (
        "node-lost",
        "Pod hello-1 is lost with its node: Node node-7 is unresponsive.",
    )


@pytest.mark.parametrize(
    ("message", "remedy"),
    [
        ('Usage of EmptyDir volume "files" exceeds the limit "1Mi".', "Raise the limit"),
        ('Container web exceeded its local ephemeral storage limit "1Mi".', "Raise the limit"),
        ("Pod ephemeral local storage usage exceeds the total limit of containers 1Mi.", "Raise the limit"),
        ("The node was low on resource: memory.", "Give the pod resources.requests"),
    ],
)
def test_a_pod_that_is_evicted_for_what_it_writes_is_told_what_to_do(message: str, remedy: str) -> None:
    cause = only_cause(pod("hello-1", status={"phase": "Failed", "reason": "Evicted", "message": message}))
    assert cause.id == "evicted"
    assert cause.remedy.startswith(remedy)


def test_a_preempted_pod_is_told_and_ends_nothing() -> None:
    victim = unready(metadata=LEAVING)
    told = event(victim, "Preempted", "Preempted by other/urgent on node node-7")
    (cause,) = replica_causes([victim], EventLog([told]), desired=1)
    assert (cause.id, cause.patience.grace) == ("preempted", None)
    assert cause.sentence == "Pod hello-1 had to make room for a pod of higher priority."


def test_an_old_pod_that_does_not_end_holds_up_a_deployment_that_is_recreated() -> None:
    def replica_set(name: str, revision: str) -> Json:
        return {
            "kind": "ReplicaSet",
            "metadata": metadata(name, "uid-hello", annotations={"deployment.kubernetes.io/revision": revision}),
            "spec": {"replicas": 0, "template": {"spec": {"version": revision}}},
        }

    deployment = {
        "kind": "Deployment",
        "metadata": metadata("hello", annotations={"deployment.kubernetes.io/revision": "1"}),
        "spec": {"replicas": 1, "strategy": {"type": "Recreate"}, "template": {"spec": {"version": "2"}}},
        "status": {"replicas": 0},
    }
    old = unready("hello-0", owner="uid-old", metadata=LEAVING)
    replica_sets = [replica_set("old", "1")]
    (cause,) = diagnose_deployment(deployment, replica_sets, [old], []).causes
    assert (cause.id, cause.patience.grace) == ("termination-hanging", 35)
    assert cause.sentence == "Pod hello-0 does not end: it was told to, within 5 seconds."
    rolling = deployment | {"spec": {"replicas": 1}}
    assert diagnose_deployment(rolling, replica_sets, [old], []).causes == ()


def test_who_holds_a_pod_is_named() -> None:
    held = unready(metadata={**LEAVING, "finalizers": ["example.com/drain"]})
    (cause,) = lingering_causes([held], EventLog([]))
    assert cause.sentence == "Pod hello-1 does not end: the finalizer example.com/drain has not let it go."


def leaving(kind: str, **more: Json) -> Json:
    return {"kind": kind, "metadata": {**metadata("hello"), **LEAVING}, **more}


def test_what_is_gone_is_gone() -> None:
    assert diagnose_deletion(None).state == "succeeded"


def test_an_object_that_does_not_go_names_its_finalizers() -> None:
    held = leaving("Widget")
    held["metadata"]["finalizers"] = ["example.com/a", "example.com/b"]
    (cause,) = diagnose_deletion(held).causes
    assert (cause.id, cause.patience.grace) == ("deletion-hanging", 35)
    assert cause.sentence == (
        "Widget hello is being deleted and does not go: the finalizer example.com/a, example.com/b has not let it go."
    )


def test_a_claim_in_use_says_so() -> None:
    held = leaving("PersistentVolumeClaim")
    held["metadata"]["finalizers"] = ["kubernetes.io/pvc-protection"]
    assert diagnose_deletion(held).causes[0].sentence.endswith("does not go: a pod still uses it.")


def test_a_namespace_that_does_not_go_says_what_is_left() -> None:
    remaining = {
        "type": "NamespaceContentRemaining",
        "status": "True",
        "message": "Some resources are remaining: widgets.example.com has 1 resource instances",
    }
    held = leaving("Namespace", spec={"finalizers": ["kubernetes"]}, status={"conditions": [remaining]})
    (cause,) = diagnose_deletion(held).causes
    assert cause.sentence == (
        "Namespace hello is being deleted and does not go: Some resources are remaining: widgets.example.com has 1 "
        "resource instances."
    )
