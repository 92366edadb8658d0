"""The checks together, and those that need the server's word: permissions, acceptance, selectors, credentials."""

from __future__ import annotations

from pathlib import Path

import yaml

from cdkit.api import Problem
from cdkit.errors import RequestRejected
from cdkit.flow.cancellation import Cancellation
from cdkit.models.build import Build
from cdkit.models.environment import Environment
from cdkit.models.event import StepOutput, Warned
from cdkit.models.kube import FieldRefusal, Manifest, ObjectRef
from cdkit.step import StepContext
from cdkit.testing import FakeClock, FakeCluster, FakeRegistry, FakeWorld, RecordedRun
from cdkit_deploy.preflight import acceptance, credentials, permissions, preflight, selectors
from tests.unit.deploy.preflight.objects import (
    IMAGE,
    NAMESPACE,
    around,
    deployment,
    doubts,
    made,
    node,
    nothing,
    problems,
)

NEEDED = (("list", "", "pods"), ("watch", "", "pods"), ("get", "", "pods/log"))


class Before:
    """What a preflight finds, with all around it under a test's control."""

    def __init__(self, folder: Path) -> None:
        self.cluster = FakeCluster(NAMESPACE)
        self.cluster.put(node())
        self.registry = FakeRegistry()
        self.registry.images[IMAGE] = f"sha256:{'a' * 64}"
        self.run = RecordedRun(
            world=FakeWorld(cluster=self.cluster, registry=self.registry),
            clock=FakeClock(auto_advance=True),
            workspace=folder,
            build=Build(),
            environment=Environment(namespace=NAMESPACE),
        )

    def problems(self, *wanted: Manifest) -> list[Problem]:
        ctx = StepContext("deploy", self.run, env={}, cancellation=Cancellation())
        return preflight(ctx, wanted, needed=NEEDED, longest=600)

    @property
    def warnings(self) -> list[str]:
        return [event.message for event in self.run.events if isinstance(event, Warned)]

    @property
    def lines(self) -> list[str]:
        return [event.line for event in self.run.events if isinstance(event, StepOutput)]


def test_a_deployment_that_can_work_is_not_objected_to_and_nothing_is_changed(tmp_path: Path) -> None:
    before = Before(tmp_path)
    assert before.problems(deployment()) == []
    assert before.warnings == before.lines == []
    assert before.cluster.get(around(deployment()).templates[0].owner) is None


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    before = Before(tmp_path)
    before.registry.images.clear()
    before.cluster.deny("create", "deployments")
    wanted = deployment(pod={"serviceAccountName": "robot", "nodeSelector": {"disk": "ssd"}})
    said = " ".join(problem.message for problem in before.problems(wanted))
    for part in ("may not do all", "ServiceAccount robot", IMAGE, "fit nowhere"):
        assert part in said


def test_what_the_account_may_not_look_at_is_told_and_holds_nothing_up(tmp_path: Path) -> None:
    before = Before(tmp_path)
    before.cluster.deny("list", "nodes")
    assert before.problems(deployment()) == []
    assert any("Not known: whether some node could hold the pods." in line for line in before.lines)


def test_a_doubt_is_a_warning(tmp_path: Path) -> None:
    before = Before(tmp_path)
    before.cluster.expiry = before.run.clock.now() + 60
    assert before.problems(deployment()) == []
    assert "The credentials for the cluster end in 1 min 0 s" in before.warnings[0]


def test_what_several_checks_ask_for_is_asked_once(tmp_path: Path) -> None:
    before = Before(tmp_path)
    before.problems(deployment(), made("ConfigMap", "settings", data={}))
    asked = [request for request in before.cluster.requests if not request.startswith("allowed")]
    assert len(asked) == len(set(asked))


def test_an_object_that_the_server_refuses_is_a_problem(tmp_path: Path) -> None:
    before = Before(tmp_path)
    unknown = made("Widget", "w", "example.org/v1", spec={})
    (problem,) = before.problems(unknown)
    assert problem.message.startswith("Widget w would be refused:")


def test_a_field_that_cannot_change_is_named_and_recreating_it_offered() -> None:
    live, wanted = (made("Service", "web", spec={"clusterIP": address}) for address in ("10.96.0.7", "10.96.0.8"))
    surroundings = around(wanted, live=[live])
    immutable = [FieldRefusal("spec.clusterIP", "FieldValueInvalid", "Invalid value: field is immutable")]
    surroundings.live(ObjectRef.of(wanted))
    surroundings.cluster.fail_next(RequestRejected("no", fields=immutable))  # type: ignore[attr-defined]
    (problem,) = acceptance.findings(surroundings)
    assert str(problem) == (
        'Service web has fields that cannot be changed once it exists: spec.clusterIP is "10.96.0.7" and would be '
        '"10.96.0.8". Keep them, or let `recreate: where-needed` delete and create the object.'
    )


def test_a_definition_of_another_kind_or_group_does_not_excuse_an_unknown_one() -> None:
    for group, kind in (("example.org", "Gadget"), ("example.com", "Widget")):
        names = {"kind": kind, "plural": "them"}
        definition = made("CustomResourceDefinition", "d", "apiextensions.k8s.io/v1")
        definition["spec"] = {"group": group, "names": names}
        found = problems(acceptance.findings(around(definition, made("Widget", "w", "example.org/v1"))))
        assert any(message.startswith("Widget w would be refused") for message in found)


def test_an_object_whose_kind_or_namespace_comes_along_is_not_asked_about(tmp_path: Path) -> None:
    before = Before(tmp_path)
    names = {"kind": "Widget", "plural": "widgets"}
    definition = {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "widgets.example.org"},
        "spec": {"group": "example.org", "names": names},
    }
    assert before.problems(definition, made("Widget", "w", "example.org/v1", spec={})) == []
    elsewhere = made("ConfigMap", "settings", data={})
    elsewhere["metadata"]["namespace"] = "new"
    assert before.problems({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "new"}}, elsewhere) == []


# Permissions


def test_what_the_account_may_not_do_comes_as_a_role_to_paste() -> None:
    surroundings = around(deployment(), made("ConfigMap", "settings", data={}))
    for verb in ("create", "patch"):
        surroundings.cluster.deny(verb, "deployments")  # type: ignore[attr-defined]
        surroundings.cluster.deny(verb, "configmaps")  # type: ignore[attr-defined]
    surroundings.cluster.deny("get", "pods/log")  # type: ignore[attr-defined]
    (problem,) = permissions.findings(surroundings, NEEDED)
    assert isinstance(problem, Problem)
    assert "create, patch deployments.apps" in problem.message
    assert list(yaml.safe_load_all("\n".join(problem.paste))) == [
        {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "Role",
            "metadata": {"name": "cdkit", "namespace": NAMESPACE},
            "rules": [
                {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["create", "patch"]},
                {"apiGroups": [""], "resources": ["pods/log"], "verbs": ["get"]},
                {"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["create", "patch"]},
            ],
        }
    ]


def test_what_is_watched_has_to_be_listed_and_watched() -> None:
    surroundings = around(deployment())
    surroundings.cluster.deny("watch", "replicasets")  # type: ignore[attr-defined]
    surroundings.cluster.deny("list", "events")  # type: ignore[attr-defined]
    watched = [("apps/v1", "Deployment"), ("apps/v1", "ReplicaSet"), ("v1", "Event"), ("example.org/v1", "Unknown")]
    (problem,) = permissions.findings(surroundings, (), watched)
    assert isinstance(problem, Problem)
    assert "needs: list events; watch replicasets.apps." in problem.message


def test_the_checks_ask_for_the_rights_to_watch_what_will_be_watched(tmp_path: Path) -> None:
    before = Before(tmp_path)
    before.cluster.deny("watch", "replicasets")
    assert before.problems(made("ConfigMap", "settings", data={})) == []
    assert "watch replicasets.apps" in before.problems(deployment())[0].message


def test_what_lives_in_no_namespace_needs_a_cluster_role() -> None:
    surroundings = around({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "new"}})
    surroundings.cluster.deny("create", "namespaces")  # type: ignore[attr-defined]
    (problem,) = permissions.findings(surroundings, ())
    assert isinstance(problem, Problem)
    assert yaml.safe_load("\n".join(problem.paste))["kind"] == "ClusterRole"


# Selectors


def test_a_selector_that_would_change_is_told_with_both() -> None:
    live = deployment()
    live["spec"]["selector"] = {"matchLabels": {"app": "old"}}
    (message,) = problems(selectors.findings(around(deployment(), live=[live])))
    assert (
        message
        == "The selector of Deployment web is app=old in the cluster and would become app=web: it cannot change."
    )


def test_a_selector_that_does_not_select_its_own_pods_is_a_problem() -> None:
    wanted = deployment()
    wanted["spec"]["template"]["metadata"]["labels"] = {"app": "other"}
    assert "does not select its own pods (app=other)" in problems(selectors.findings(around(wanted)))[0]


def test_a_selector_that_stays_is_no_problem() -> None:
    assert nothing(selectors.findings, around(deployment(), live=[deployment()]))


# Credentials


def test_credentials_that_have_ended_or_end_too_soon_are_a_doubt() -> None:
    surroundings = around()
    for end, said in ((1000.0 + 90, "in 1 min 30 s"), (900.0, "already")):
        surroundings.cluster.expiry = end  # type: ignore[attr-defined]
        assert said in doubts(credentials.findings(surroundings, 1000.0, 600.0))[0]


def test_credentials_that_last_are_no_doubt() -> None:
    surroundings = around()
    surroundings.cluster.expiry = 1000.0 + 1300  # type: ignore[attr-defined]
    assert list(credentials.findings(surroundings, 1000.0, 600.0)) == []


def test_an_error_that_two_checks_meet_is_kept_for_both() -> None:
    surroundings = around(made("Widget", "w", "example.org/v1"))
    for _ in range(2):
        try:
            surroundings.after(surroundings.wanted[0])
        except RequestRejected:
            continue
        raise AssertionError("the server has no such kind")
    assert surroundings.cluster.requests.count("apply Widget w") == 1  # type: ignore[attr-defined]
