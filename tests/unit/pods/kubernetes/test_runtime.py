"""Test pods on a cluster in memory."""

from __future__ import annotations

from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest

from cdkit.errors import Cancelled, CheckFailed, ClusterUnreachable, WorldFailed
from cdkit.flow.cancellation import Cancellation
from cdkit.models.build import Build
from cdkit.models.duration import Duration
from cdkit.models.environment import Environment
from cdkit.models.kube import Manifest, ObjectQuery, ObjectRef
from cdkit.step import StepContext
from cdkit.testing import FakeClock, FakeCluster, FakeWorld
from cdkit.testing.steps import RecordedRun
from cdkit_pods.kubernetes.heartbeat import Heartbeat
from cdkit_pods.kubernetes.runtime import KubernetesRuntime
from cdkit_pods.ownership import LEASE, Machine, Owner, Runner, expiring
from cdkit_pods.spec import Container, PodSpec

NAMESPACE = "tests"
TEST = Container(name="test", image="tests:1")


class Place:
    """A step that uses the cluster in memory."""

    def __init__(self, folder: Path) -> None:
        self.cluster = FakeCluster(NAMESPACE)
        self.clock = FakeClock(auto_advance=True)
        self.cancellation = Cancellation()
        self.folder = folder
        self.machine = Machine()

    def context(self, **build: Any) -> StepContext:
        run = RecordedRun(
            world=FakeWorld(cluster=self.cluster),
            clock=self.clock,
            workspace=self.folder,
            build=Build(**build),
            environment=Environment("", "", NAMESPACE),
        )
        return StepContext("unit", run, env={}, cancellation=self.cancellation)

    def runtime(self, **build: Any) -> KubernetesRuntime:
        return KubernetesRuntime(self.context(**build), self.machine)

    def of_kind(self, kind: str, namespace: str = NAMESPACE) -> list[Manifest]:
        return self.cluster.list(ObjectQuery("v1", kind, namespace))[0]

    def make_namespaces_usable(self) -> None:
        """What the controllers of a cluster do."""

        def account(cluster: FakeCluster, namespace: Manifest) -> None:
            place = {"name": "default", "namespace": namespace["metadata"]["name"]}
            cluster.put({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": place})

        def count(cluster: FakeCluster, quota: Manifest) -> None:
            cluster.put_status(ObjectRef.of(quota), {"hard": quota["spec"]["hard"]})

        self.cluster.react("Namespace", account)
        self.cluster.react("ResourceQuota", count)

    def own_namespaces(self) -> list[str]:
        names = [item["metadata"]["name"] for item in self.of_kind("Namespace", "")]
        return [name for name in names if name not in {"default", NAMESPACE}]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def a_spec(test: Container = TEST, **settings: Any) -> PodSpec:
    return PodSpec(step="Unit_Tests", run_id="run-1", containers=(test,), **settings)


def test_a_pod_says_whose_it_is_and_until_when(place: Place) -> None:
    running = place.runtime().start(a_spec(shard=2))
    (pod,) = place.of_kind("Pod")
    metadata = pod["metadata"]
    assert running.ref.name == metadata["name"]
    assert metadata["name"].startswith("unit-tests-2-")
    assert metadata["labels"]["cdkit.dev/run"] == "run-1"
    assert metadata["labels"]["cdkit.dev/runner"] == str(place.machine.this_process())
    assert metadata["annotations"] == expiring(place.clock.now() + LEASE)
    assert running.where == "in namespace tests"
    running.remove()


def test_two_pods_of_one_step_never_meet_in_a_name(place: Place) -> None:
    runtime = place.runtime()
    assert runtime.start(a_spec()).ref != runtime.start(a_spec()).ref


def test_all_that_was_made_is_removed_and_a_second_time_changes_nothing(place: Place) -> None:
    running = place.runtime().start(a_spec(Container(name="test", image="i", secret_env={"TOKEN": "s3cr3t"})))
    (secret,) = place.of_kind("Secret")
    assert b64decode(secret["data"]["test.TOKEN"]) == b"s3cr3t"
    assert secret["metadata"]["ownerReferences"][0]["name"] == running.ref.name, "it goes when the pod goes"
    assert "s3cr3t" not in str(place.of_kind("Pod"))
    running.remove()
    assert place.of_kind("Secret") == place.of_kind("Pod") == []
    running.remove()


def test_a_pod_that_is_refused_leaves_nothing(place: Place) -> None:
    place.cluster.deny("create", "pods")
    with pytest.raises(WorldFailed):
        place.runtime().start(a_spec(Container(name="test", image="i", secret_env={"TOKEN": "s3cr3t"})))
    assert place.of_kind("Secret") == []


def test_a_pod_whose_making_was_not_answered_is_removed_all_the_same(place: Place) -> None:
    def lose_the_answer(_: FakeCluster, __: Manifest) -> None:
        raise ClusterUnreachable("No answer.")

    place.cluster.react("Pod", lose_the_answer)
    with pytest.raises(ClusterUnreachable):
        place.runtime().start(a_spec())
    assert place.of_kind("Pod") == []


def test_a_step_that_was_cancelled_makes_nothing(place: Place) -> None:
    place.cancellation.cancel(Cancelled())
    with pytest.raises(Cancelled):
        place.runtime().start(a_spec())
    assert place.of_kind("Pod") == []


def test_what_cannot_be_removed_is_named(place: Place) -> None:
    running = place.runtime().start(a_spec())
    place.cluster.deny("delete", "pods")
    with pytest.raises(WorldFailed, match=running.ref.name):
        running.remove()


# A namespace of its own


def test_an_own_namespace_is_limited_and_removed_with_all_that_is_in_it(place: Place) -> None:
    place.make_namespaces_usable()
    place.cluster.put(
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": "login", "namespace": NAMESPACE},
            "type": "kubernetes.io/dockerconfigjson",
            "data": {".dockerconfigjson": "e30="},
        }
    )
    test = Container(name="test", image="i", cpus=0.5, memory=1 << 30, secret_env={"TOKEN": "s3cr3t"})
    running = place.runtime().start(a_spec(test, own_namespace=True, keeper=True, pull_secrets=("login",)))
    (namespace,) = place.own_namespaces()
    assert running.where == f"in namespace {namespace}"
    assert {item["metadata"]["name"] for item in place.of_kind("Secret", namespace)} == {"login", running.ref.name}
    (quota,) = place.of_kind("ResourceQuota", namespace)
    assert quota["spec"]["hard"]["limits.cpu"] == "2500m", "the test's, and what a keeper may use at most"
    assert quota["spec"]["hard"]["pods"] == "1"
    assert place.of_kind("LimitRange", namespace)
    assert place.of_kind("Pod") == []
    running.remove()
    assert place.own_namespaces() == []


def test_a_namespace_that_never_becomes_usable_is_removed_again(place: Place) -> None:
    with pytest.raises(WorldFailed, match="no default service account"):
        place.runtime().start(a_spec(own_namespace=True))
    assert place.own_namespaces() == []


class HoldingCluster(FakeCluster):
    """A cluster in which nothing that was deleted goes."""

    def delete(self, ref: ObjectRef, *, grace_seconds: int | None = None, orphan: bool = False) -> bool:
        return True


def test_a_namespace_that_something_holds_is_named_with_what_holds_it(place: Place) -> None:
    place.cluster = HoldingCluster(NAMESPACE)
    place.make_namespaces_usable()
    running = place.runtime().start(a_spec(own_namespace=True))
    (name,) = place.own_namespaces()
    held = {"type": "NamespaceFinalizersRemaining", "status": "True", "message": "Some content is held by x.dev/f"}
    place.cluster.put_status(ObjectRef("v1", "Namespace", name), {"conditions": [held]})
    with pytest.raises(WorldFailed, match=f"Namespace {name} was deleted, and is still there") as failed:
        running.remove()
    assert failed.value.evidence == ("Some content is held by x.dev/f",)


def test_a_cancelled_step_does_not_wait_for_its_namespace(place: Place) -> None:
    place.make_namespaces_usable()
    running = place.runtime().start(a_spec(own_namespace=True))
    place.cancellation.cancel(Cancelled())
    asked = len(place.cluster.requests)
    running.remove()
    assert [request.split()[0] for request in place.cluster.requests[asked:]] == ["delete", "delete"]


# Whose it is, and for how long


def test_a_sign_of_life_moves_the_expiry_and_survives_an_outage(place: Place) -> None:
    running = place.runtime().start(a_spec())
    heartbeat = Heartbeat(place.context(), running.ref)
    place.clock.advance(100)
    place.cluster.fail_next(ClusterUnreachable("No answer."))
    heartbeat.renew()
    heartbeat.renew()
    (pod,) = place.of_kind("Pod")
    assert pod["metadata"]["annotations"] == expiring(place.clock.now() + LEASE)


def left_by(place: Place, kind: str, name: str, owner: Owner, expires: float, namespace: str = NAMESPACE) -> None:
    metadata: Manifest = {"name": name, "labels": owner.labels(), "annotations": expiring(expires)}
    if kind != "Namespace":
        metadata["namespace"] = namespace
    place.cluster.put({"apiVersion": "v1", "kind": kind, "metadata": metadata})


def a_dead_process(machine: Machine) -> Runner:
    runner = machine.this_process()
    assert runner is not None, "this test needs Linux"
    return Runner(runner.host, runner.pid, runner.started - 1)


def test_a_later_run_removes_what_killed_runs_left_and_nothing_of_anybody_else(place: Place) -> None:
    now = place.clock.now()
    killed = Owner(run="run-0", step="unit", runner=a_dead_process(place.machine))
    alive = Owner(run="run-1", step="unit", runner=place.machine.this_process())
    far = Owner(run="run-2", step="unit", runner=Runner("0123456789abcdef", 1, 1))
    left_by(place, "Pod", "killed", killed, now + 500)
    left_by(place, "Secret", "killed", killed, now + 500)
    left_by(place, "Namespace", "killed", killed, now + 500)
    left_by(place, "Pod", "expired", far, now - 1)
    left_by(place, "Pod", "alive", alive, now + 500)
    left_by(place, "Pod", "far", far, now + 500)
    place.cluster.put({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "other", "namespace": NAMESPACE}})

    said = place.runtime().sweep()

    assert [line.split(",")[0] for line in said] == ["Pod expired", "Pod killed", "Secret killed", "Namespace killed"]
    assert said[1] == "Pod killed, left behind by 'unit' of run run-0"
    assert {pod["metadata"]["name"] for pod in place.of_kind("Pod")} == {"alive", "far", "other"}
    assert place.runtime().sweep() == []


def test_a_secret_that_a_living_pod_owns_is_no_orphan(place: Place) -> None:
    test = Container(name="test", image="i", secret_env={"TOKEN": "s3cr3t"})
    running = place.runtime().start(a_spec(test))
    place.clock.advance(LEASE + 1)
    Heartbeat(place.context(), running.ref).renew()
    assert place.runtime().sweep() == []
    assert place.of_kind("Secret")


def test_who_may_not_list_secrets_and_namespaces_sweeps_pods(place: Place) -> None:
    left_by(place, "Pod", "killed", Owner(run="r", step="s", runner=a_dead_process(place.machine)), 0)
    place.cluster.deny("list", "secrets")
    place.cluster.deny("list", "namespaces")
    assert len(place.runtime().sweep()) == 1


def test_what_is_kept_stays_for_its_time_and_says_how_to_look_and_to_remove(place: Place) -> None:
    running = place.runtime().start(a_spec())
    commands = running.keep(Duration(3600))
    name = running.ref.name
    assert commands[0] == f"kubectl -n tests describe pod {name}"
    assert commands[-1] == f"kubectl -n tests delete pod {name}"
    place.clock.advance(3000)
    assert place.runtime().sweep() == []
    place.clock.advance(601)
    assert place.runtime().sweep()
    assert place.of_kind("Pod") == []


def test_a_kept_namespace_is_kept_as_a_whole(place: Place) -> None:
    place.make_namespaces_usable()
    running = place.runtime().start(a_spec(own_namespace=True, keeper=True))
    (namespace,) = place.own_namespaces()
    commands = running.keep(Duration(60))
    assert commands[-1] == f"kubectl delete namespace {namespace}"
    assert any("exec -it" in command for command in commands)
    place.clock.advance(59)
    assert place.runtime().sweep() == []
    place.clock.advance(2)
    assert place.runtime().sweep()
    assert place.own_namespaces() == []


# Before it runs


def messages(runtime: KubernetesRuntime, spec: PodSpec) -> list[str]:
    return [problem.message for problem in runtime.check(spec)]


def test_all_is_well_with_a_simple_pod(place: Place) -> None:
    assert messages(place.runtime(), a_spec()) == []


def test_what_is_not_allowed_is_told_before(place: Place) -> None:
    place.cluster.deny("create", "pods/exec")
    assert messages(place.runtime(), a_spec()) == []
    assert messages(place.runtime(), a_spec(keeper=True)) == [
        "The account of the build may not create pods/exec in 'tests'."
    ]


def test_an_untrusted_build_gets_neither_secrets_nor_a_token(place: Place) -> None:
    test = Container(name="test", image="i", secret_env={"TOKEN": "s3cr3t"})
    spec = a_spec(test, service_account="deployer")
    assert messages(place.runtime(), spec) == []
    secrets, token = messages(place.runtime(trusted=False), spec)
    assert "gets no secrets: TOKEN" in secrets
    assert "no token of the service account 'deployer'" in token


def test_nothing_is_made_for_an_untrusted_build_when_its_options_were_not_known_to_the_check(place: Place) -> None:
    spec = a_spec(service_account="deployer", own_namespace=True)
    with pytest.raises(CheckFailed, match="no token of the service account 'deployer'"):
        place.runtime(trusted=False).start(spec)
    assert place.own_namespaces() == []
    assert place.of_kind("Pod") == []


def test_an_own_namespace_has_no_service_account_of_another(place: Place) -> None:
    (message,) = messages(place.runtime(), a_spec(own_namespace=True, service_account="deployer"))
    assert message == "A namespace of the pod's own has no service account 'deployer'."


def test_a_variable_that_would_be_lost_behind_a_gate_is_told(place: Place) -> None:
    names = {"my.var": "1", "FINE_1": "2"}
    assert messages(place.runtime(), a_spec(Container(name="test", image="i", env=names))) == []
    gated = Container(name="test", image="i", command=("run",), env=names, gated=True)
    (message,) = messages(place.runtime(), a_spec(gated))
    assert "'my.var' of 'test' would be lost" in message


def test_a_plan_names_what_runs_and_what_beside_it(place: Place) -> None:
    db = Container(name="db", image="postgres:16")
    test = Container(name="test", image="tests:1", command=("pytest", "-q"))
    spec = PodSpec(step="unit", run_id="run-1", containers=(db, test))
    (change,) = place.runtime().plan(spec)
    assert change.subject == "pytest -q in a pod of tests:1"
    assert change.reason == "in namespace tests, removed afterwards"
    assert change.details == ("beside it db: postgres:16",)


def test_a_namespace_that_was_refused_its_limits_is_removed(place: Place) -> None:
    place.make_namespaces_usable()
    place.cluster.deny("create", "resourcequotas")
    with pytest.raises(WorldFailed):
        place.runtime().start(a_spec(own_namespace=True))
    assert place.own_namespaces() == []
