"""Deployments, StatefulSets and DaemonSets: when they have succeeded, and whose causes count."""

from __future__ import annotations

import pytest

from cdkit.diagnosis.daemon_set import diagnose_daemon_set
from cdkit.diagnosis.deployment import diagnose_deployment
from cdkit.diagnosis.stateful_set import diagnose_stateful_set
from cdkit.diagnosis.verdict import Verdict
from tests.unit.diagnosis.objects import Json, container_status, event, metadata, pod, running, terminated, waiting


def status(observed: int = 2, replicas: int = 3, updated: int = 3, available: int = 3, **more: Json) -> Json:
    counts = {"replicas": replicas, "updatedReplicas": updated, "availableReplicas": available}
    return {"observedGeneration": observed, **counts, **more}


def deployment(state: Json, **spec: Json) -> Json:
    annotations = {"deployment.kubernetes.io/revision": "2"}
    return {
        "kind": "Deployment",
        "metadata": metadata("hello", generation=2, annotations=annotations),
        "spec": {"replicas": 3, **spec},
        "status": state,
    }


def replica_set(name: str, revision: str, **state: Json) -> Json:
    return {
        "kind": "ReplicaSet",
        "metadata": metadata(name, "uid-hello", annotations={"deployment.kubernetes.io/revision": revision}),
        "spec": {"replicas": 3},
        "status": state,
    }


OLD, NEW = replica_set("old", "1"), replica_set("new", "2")


def crashing(name: str, owner: str = "uid-new", **more: Json) -> Json:
    broken = container_status(restarts=3, state=waiting("CrashLoopBackOff"), lastState=terminated(1))
    return pod(name, broken, owner=owner, **more)


def ready(name: str, owner: str = "uid-new", **more: Json) -> Json:
    return pod(name, container_status(ready=True, state=running()), owner=owner, **more)


def judged(
    state: Json, *pods: Json, replica_sets: tuple[Json, ...] = (OLD, NEW), events: tuple[Json, ...] = ()
) -> Verdict:
    return diagnose_deployment(deployment(state), replica_sets, pods, events)


def ids(verdict: Verdict) -> list[str]:
    return [cause.id for cause in verdict.causes]


def test_it_has_succeeded_when_all_replicas_are_new_and_available() -> None:
    verdict = judged(status())
    assert (verdict.state, verdict.summary) == ("succeeded", "3 of 3 replicas updated, 3 available")


def test_the_pods_of_the_template_before_are_not_taken_for_the_new_ones_that_are_still_to_be_made() -> None:
    """A Deployment that is recreated names the old revision until its old pods are gone."""
    old, new = ({"spec": {"containers": [{"name": "web", "image": image}]}} for image in ("web:1", "web:2"))
    recreated = deployment(status(updated=0, available=0), template=new, strategy={"type": "Recreate"})
    before = {**NEW, "spec": {"replicas": 3, "template": old}}
    assert diagnose_deployment(recreated, [before], [crashing("a")], []).causes == ()
    now = {**NEW, "spec": {"replicas": 3, "template": new}}
    assert ids(diagnose_deployment(recreated, [now], [crashing("a")], [])) == ["crash-loop"]


@pytest.mark.parametrize(
    ("state", "summary"),
    [
        (status(updated=2), "2 of 3 replicas updated, 3 available, 1 old still running"),
        (status(replicas=4), "3 of 3 replicas updated, 3 available, 1 old still running"),
        (status(available=2), "3 of 3 replicas updated, 2 available"),
    ],
)
def test_it_goes_on_while_a_replica_is_old_or_not_available(state: Json, summary: str) -> None:
    verdict = judged(state)
    assert (verdict.state, verdict.summary) == ("progressing", summary)


def test_a_status_of_an_older_generation_is_not_believed() -> None:
    verdict = judged(status(observed=1), crashing("hello-1", "uid-old"))
    assert verdict == Verdict("progressing", "Deployment hello has not been looked at by its controller yet")


def test_a_passed_deadline_of_an_older_generation_is_not_believed() -> None:
    overdue = {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded"}
    assert judged(status(observed=1, conditions=[overdue])).state == "progressing"


def test_crashes_of_the_old_pods_do_not_count() -> None:
    assert judged(status(available=2), crashing("hello-1", "uid-old")).causes == ()


def test_no_replica_set_is_taken_for_the_newest_before_that_one_is_seen() -> None:
    verdict = judged(status(available=2), crashing("hello-1", "uid-old"), replica_sets=(OLD,))
    assert (verdict.state, verdict.causes) == ("progressing", ())


def test_what_belongs_to_another_deployment_does_not_count() -> None:
    foreign = replica_set("foreign", "2")
    foreign["metadata"]["ownerReferences"] = [{"uid": "uid-other"}]
    verdict = judged(status(available=2), crashing("hello-1", "uid-foreign"), replica_sets=(foreign, NEW))
    assert verdict.causes == ()


def test_a_deployment_of_no_replicas_has_succeeded() -> None:
    none = deployment(status(replicas=0, updated=0, available=0), replicas=0)
    assert diagnose_deployment(none, [], [], []).summary == "0 of 0 replicas updated, 0 available"


def test_one_cause_of_many_pods_is_told_once() -> None:
    verdict = judged(status(available=0), *(crashing(f"hello-{number}") for number in (3, 1, 2)))
    assert verdict.state == "failed"
    assert [cause.sentence for cause in verdict.causes] == [
        (
            "Pod hello-1 keeps crashing: container hello ended with exit code 1, 3 times so far. "
            "The same holds for 2 other pods."
        )
    ]


def test_the_crash_of_one_pod_waits_while_most_of_the_others_are_ready() -> None:
    verdict = judged(status(available=2), ready("hello-1"), ready("hello-2"), crashing("hello-3"))
    assert (verdict.state, verdict.causes[0].patience.grace) == ("progressing", 120)


def test_the_crash_of_one_of_two_is_no_bad_luck() -> None:
    assert judged(status(available=1), ready("hello-1"), crashing("hello-2"), crashing("hello-3")).state == "failed"


def test_an_evicted_pod_that_has_been_replaced_does_not_count() -> None:
    evicted = pod("hello-0", owner="uid-new", status={"phase": "Failed", "reason": "Evicted"})
    living = [ready(f"hello-{number}") for number in (1, 2)]
    assert ids(judged(status(available=2), evicted, *living)) == ["evicted"]
    assert ids(judged(status(available=2), evicted, *living, pod("hello-3", owner="uid-new"))) == []


def test_causes_that_are_fatal_now_come_first() -> None:
    slow = pod("hello-1", container_status(state=waiting("ErrImagePull", "connection refused")), owner="uid-new")
    assert ids(judged(status(available=0), slow, crashing("hello-2"))) == ["crash-loop", "registry-unreachable"]


def test_a_paused_deployment_will_not_roll_out() -> None:
    verdict = diagnose_deployment(deployment(status(updated=0), paused=True), [OLD], [], [])
    assert verdict.state == "failed"
    assert verdict.causes[0].sentence == "Deployment hello is paused, so that Kubernetes does not roll it out."


def test_a_passed_deadline_makes_every_other_cause_fatal() -> None:
    overdue = {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded"}
    slow = pod("hello-1", container_status(state=waiting("ErrImagePull", "connection refused")), owner="uid-new")
    verdict = judged(status(available=0, conditions=[overdue]), slow)
    assert ids(verdict) == ["registry-unreachable", "progress-deadline"]
    assert all(cause.patience.is_fatal_now for cause in verdict.causes)


CREATION = [
    (
        "pod-security-refused",
        0,
        (
            'pods "x" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true (pod '
            'or container "a" must set securityContext.runAsNonRoot=true)'
        ),
        "the namespace's Pod Security level restricted:latest does not allow it (runAsNonRoot != true ",
    ),
    (
        "admission-refused",
        0,
        'admission webhook "policy.example" denied the request: no latest tags',
        "the admission webhook policy.example denies it (no latest tags)",
    ),
    (
        "admission-unreachable",
        30,
        'Internal error occurred: failed calling webhook "policy.example": Post "https://x": connection refused',
        "the admission webhook policy.example does not answer",
    ),
    (
        "pod-security-refused",
        0,
        'pods "x" is forbidden: unable to validate against any pod security policy: [a: Invalid value: true: no]',
        "no pod security policy allows it (a: Invalid value: true: no)",
    ),
    (
        "pod-security-refused",
        0,
        'pods "x" is forbidden: PodSecurityPolicy: no providers available to validate pod request',
        "no pod security policy allows it (no providers available to validate pod request)",
    ),
    (
        "pod-invalid",
        0,
        'Pod "x" is invalid: spec.containers[0].image: Required value',
        "the pod is not valid (spec.containers[0].image: Required value)",
    ),
    (
        "limit-range-violated",
        0,
        'pods "x" is forbidden: [minimum cpu usage per Container is 100m, but request is 10m]',
        "a LimitRange of the namespace does not allow it (minimum cpu usage per Container is 100m, but request is 10m)",
    ),
    (
        "service-account-missing",
        30,
        'No API token found for service account "robot", retry after the token is automatically created',
        "the ServiceAccount robot has no token yet",
    ),
    ("pod-creation-failing", 30, "etcdserver: request timed out", "etcdserver: request timed out"),
]


@pytest.mark.parametrize(("cause_id", "grace", "words", "why"), CREATION)
def test_pods_that_the_api_server_refuses_are_explained(cause_id: str, grace: int, words: str, why: str) -> None:
    failure = {"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": words}
    refused = replica_set("new", "2", conditions=[failure])
    (cause,) = judged(status(available=0), replica_sets=(refused,)).causes
    assert (cause.id, cause.patience.grace) == (cause_id, grace)
    assert cause.sentence.startswith(f"Deployment hello cannot create its pods: {why}")
    assert cause.evidence == (words,)


def test_a_refusal_is_known_from_its_event_too_until_a_pod_could_be_created() -> None:
    refused = event(NEW, "FailedCreate", 'Error creating: admission webhook "w" denied the request: no')
    created = event(NEW, "SuccessfulCreate", "Created pod: x", lastTimestamp="2026-01-31T12:00:20Z")
    assert ids(judged(status(available=0), events=(refused,))) == ["admission-refused"]
    assert ids(judged(status(available=0), events=(refused, created))) == []


def stateful_set(state: Json, **spec: Json) -> Json:
    return {
        "kind": "StatefulSet",
        "metadata": metadata("db", generation=2),
        "spec": {"replicas": 3, **spec},
        "status": {"observedGeneration": 2, "replicas": 3, "updateRevision": "db-2", **state},
    }


def of_revision(revision: str) -> Json:
    return {"controller-revision-hash": revision}


def test_a_stateful_set_has_succeeded_when_its_revision_is_the_current_one() -> None:
    done = stateful_set({"readyReplicas": 3, "currentReplicas": 3, "currentRevision": "db-2"})
    verdict = diagnose_stateful_set(done, [], [])
    assert (verdict.state, verdict.summary) == ("succeeded", "3 of 3 replicas updated, 3 ready")


def test_a_stateful_set_goes_on_while_its_old_revision_is_current() -> None:
    half = stateful_set({"readyReplicas": 3, "updatedReplicas": 1, "currentRevision": "db-1"})
    verdict = diagnose_stateful_set(half, [], [])
    assert (verdict.state, verdict.summary) == ("progressing", "1 of 3 replicas updated, 3 ready")


def test_a_partition_leaves_the_pods_below_it_alone() -> None:
    strategy = {"type": "RollingUpdate", "rollingUpdate": {"partition": 2}}
    state = {"readyReplicas": 3, "updatedReplicas": 1, "currentRevision": "db-1"}
    verdict = diagnose_stateful_set(stateful_set(state, updateStrategy=strategy), [], [])
    assert (verdict.state, verdict.summary) == ("succeeded", "1 of 1 replica updated, 3 ready")


def test_a_stateful_set_that_is_updated_on_delete_has_nothing_to_wait_for() -> None:
    state = {"readyReplicas": 3, "updatedReplicas": 0, "currentRevision": "db-1"}
    verdict = diagnose_stateful_set(stateful_set(state, updateStrategy={"type": "OnDelete"}), [], [])
    assert verdict.state == "succeeded"


def test_a_stateful_set_that_was_not_looked_at_goes_on() -> None:
    fresh = stateful_set({"observedGeneration": 1, "readyReplicas": 3, "currentRevision": "db-2"})
    assert diagnose_stateful_set(fresh, [], []).summary == "StatefulSet db has not been looked at by its controller yet"


def test_a_crash_of_the_newest_revision_fails_a_stateful_set() -> None:
    half = stateful_set({"readyReplicas": 2, "updatedReplicas": 1, "currentRevision": "db-1"})
    broken = crashing("db-2", "uid-db", labels=of_revision("db-2"))
    assert ids(diagnose_stateful_set(half, [broken], [])) == ["crash-loop"]


def test_a_broken_pod_of_the_old_revision_blocks_a_stateful_set() -> None:
    stuck = stateful_set({"readyReplicas": 2, "updatedReplicas": 0, "currentRevision": "db-1"})
    broken = crashing("db-2", "uid-db", labels=of_revision("db-1"))
    (cause,) = diagnose_stateful_set(stuck, [broken], []).causes
    assert (cause.id, cause.patience.grace) == ("old-pod-blocks-rollout", 60)
    assert cause.sentence == (
        "StatefulSet db does not go on: Pod db-2 of an older revision is not ready, and Kubernetes waits for it."
    )
    parallel = stateful_set({"readyReplicas": 2, "currentRevision": "db-1"}, podManagementPolicy="Parallel")
    assert diagnose_stateful_set(parallel, [broken], []).causes == ()


def test_a_stateful_set_that_cannot_create_its_pods_says_why() -> None:
    stuck = stateful_set({"readyReplicas": 0, "replicas": 0, "currentRevision": "db-1"})
    words = 'create Pod db-0 in StatefulSet db failed error: pods "db-0" is forbidden: exceeded quota: q, requested: '
    told = event(stuck, "FailedCreate", f"{words}pods=1, used: pods=3, limited: pods=3")
    (cause,) = diagnose_stateful_set(stuck, [], [told]).causes
    assert cause.sentence == (
        "StatefulSet db cannot create its pods: the ResourceQuota q does not allow it (requested pods=1; used pods=3 "
        "of pods=3)."
    )


def daemon_set(updated: int, available: int, **spec: Json) -> Json:
    return {
        "kind": "DaemonSet",
        "metadata": metadata("agent", generation=2, annotations={"deprecated.daemonset.template.generation": "2"}),
        "spec": spec,
        "status": {
            "observedGeneration": 2,
            "desiredNumberScheduled": 3,
            "updatedNumberScheduled": updated,
            "numberAvailable": available,
        },
    }


def of_template(number: str) -> Json:
    return {"pod-template-generation": number}


def test_a_daemon_set_has_succeeded_when_each_node_has_the_newest_pod() -> None:
    verdict = diagnose_daemon_set(daemon_set(3, 3), [], [])
    assert (verdict.state, verdict.summary) == ("succeeded", "3 of 3 nodes updated, 3 available")
    assert diagnose_daemon_set(daemon_set(2, 3), [], []).state == "progressing"
    assert diagnose_daemon_set(daemon_set(3, 2), [], []).state == "progressing"


def test_a_daemon_set_that_is_updated_on_delete_has_nothing_to_wait_for() -> None:
    assert diagnose_daemon_set(daemon_set(0, 3, updateStrategy={"type": "OnDelete"}), [], []).state == "succeeded"


def test_only_the_newest_pods_of_a_daemon_set_count() -> None:
    old = crashing("agent-1", "uid-agent", labels=of_template("1"))
    new = crashing("agent-2", "uid-agent", labels=of_template("2"))
    assert diagnose_daemon_set(daemon_set(1, 2), [old], []).causes == ()
    assert ids(diagnose_daemon_set(daemon_set(1, 2), [old, new], [])) == ["crash-loop"]
