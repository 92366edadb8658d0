"""What the API server says when it refuses an apply (recorded from Kubernetes 1.20 and 1.34), and what it means."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from cdkit.models.change import FieldChange
from cdkit.models.kube import FieldRefusal, Manifest, ObjectRef
from cdkit_deploy.refusals import (
    FieldConflict,
    conflict_lines,
    conflicts_of,
    immutable_changes,
    immutable_message,
    of_others,
)


def made(kind: str, **fields: Any) -> Manifest:
    return {"apiVersion": "v1", "kind": kind, "metadata": {"name": "web"}, **fields}


def conflict(field: str, manager: str, version: str = "apps/v1", more: str = "") -> FieldRefusal:
    return FieldRefusal(field, "FieldManagerConflict", f'conflict with "{manager}"{more} using {version}')


def container(**fields: Any) -> Manifest:
    return made("Deployment", spec={"template": {"spec": {"containers": [{"name": "web", **fields}]}}})


def test_a_conflict_names_the_field_its_owner_and_both_values() -> None:
    refusal = conflict('.spec.template.spec.containers[name="web"].image', "kubectl-set")
    found = conflicts_of([refusal, refusal], container(image="theirs:1"), container(image="ours:1"))
    assert found == [
        FieldConflict("spec.template.spec.containers[name=web].image", "kubectl-set", "theirs:1", "ours:1")
    ]
    (line,) = conflict_lines(found)
    assert line == (
        "spec.template.spec.containers[name=web].image belongs to 'kubectl-set': it is \"theirs:1\", and we want "
        '"ours:1". Somebody changed it by hand, with `kubectl set`.'
    )


def test_a_name_with_dots_is_found_although_the_server_does_not_quote_it() -> None:
    live, wanted = made("ConfigMap", data={"a.b": "1"}), made("ConfigMap", data={"a.b": "2"})
    live["metadata"]["labels"], wanted["metadata"]["labels"] = {"app.kubernetes.io/name": "x"}, {"app": "y"}
    found = conflicts_of([conflict(".data.a.b", "helm"), conflict(".metadata.labels.app", "helm")], live, wanted)
    assert found[0] == FieldConflict('data["a.b"]', "helm", "1", "2")
    assert found[1] == FieldConflict("metadata.labels.app", "helm", msgspec.UNSET, "y")


def test_a_port_is_found_also_where_its_protocol_was_left_out() -> None:
    field = '.spec.template.spec.containers[name="web"].ports[containerPort=80,protocol="TCP"].name'
    live = container(ports=[{"containerPort": 80, "protocol": "TCP", "name": "a"}])
    (found,) = conflicts_of([conflict(field, "helm")], live, container(ports=[{"containerPort": 80, "name": "b"}]))
    assert (found.theirs, found.ours) == ("a", "b")


def test_a_subresource_and_a_time_do_not_hide_the_manager() -> None:
    refusals = [
        conflict(".spec.replicas", "kube-controller-manager", "apps/v1 at 2026-01-01T00:00:00Z"),
        conflict(".spec.paused", "helm", more=' with subresource "scale"'),
    ]
    found = conflicts_of(refusals, made("Deployment", spec={"replicas": 5}), made("Deployment", spec={"replicas": 2}))
    assert [(item.manager, item.theirs) for item in found] == [("kube-controller-manager", 5), ("helm", msgspec.UNSET)]


def test_what_we_did_ourselves_is_no_conflict_with_others() -> None:
    found = conflicts_of([conflict(".data.a", "cdkit"), conflict(".data.a", "helm")], made("X"), made("X"))
    assert [item.manager for item in of_others(found)] == ["helm"]


def test_a_conflict_about_a_secret_shows_no_value() -> None:
    live, wanted = made("Secret", data={"a": "aHVudGVyMg=="}), made("Secret", stringData={"a": "swordfish"})
    (line,) = conflict_lines(conflicts_of([conflict(".data.a", "helm", "v1")], live, wanted))
    assert "aHVudGVyMg" not in line
    assert "swordfish" not in line


def forbidden(field: str, message: str, reason: str = "FieldValueForbidden") -> FieldRefusal:
    return FieldRefusal(field, reason, message)


STATEFUL = (
    "Forbidden: updates to statefulset spec for fields other than 'replicas', 'template', and 'updateStrategy' are "
    "forbidden"
)
CLAIM = (
    "Forbidden: spec is immutable after creation except resources.requests for bound claims\n"
    "\xa0\xa0core.PersistentVolumeClaimSpec{\n"
)
POD = (
    "Forbidden: pod updates may not change fields other than `spec.containers[*].image`, "
    "`spec.initContainers[*].image`, `spec.activeDeadlineSeconds` or `spec.tolerations` (only additions to existing "
    "tolerations)\n\xa0\xa0core.PodSpec{\n"
)
SELECTOR = "Invalid value: v1.LabelSelector{MatchLabels:map[string]string{}}: field is immutable"
ROLE = 'Invalid value: rbac.RoleRef{Kind:"Role", Name:"b"}: cannot change roleRef'


@pytest.mark.parametrize(
    ("refusal", "live", "wanted", "paths"),
    [
        (
            forbidden("spec.selector", SELECTOR, "FieldValueInvalid"),
            {"spec": {"selector": {"matchLabels": {"app": "a"}}}},
            {"spec": {"selector": {"matchLabels": {"app": "b"}}}},
            ["spec.selector.matchLabels.app"],
        ),
        (
            forbidden("spec", STATEFUL),
            {"spec": {"serviceName": "a", "replicas": 1, "template": {"x": 1}, "podManagementPolicy": "OrderedReady"}},
            {"spec": {"serviceName": "b", "replicas": 2, "template": {"x": 2}}},
            ["spec.serviceName"],
        ),
        (
            forbidden("spec", CLAIM),
            {"spec": {"storageClassName": "a", "resources": {"requests": {"storage": "1Gi"}}, "volumeMode": "File"}},
            {"spec": {"storageClassName": "b", "resources": {"requests": {"storage": "2Gi"}}}},
            ["spec.storageClassName"],
        ),
        (
            forbidden("spec", POD),
            {"spec": {"hostNetwork": False, "containers": [{"name": "a", "image": "1", "tty": False}]}},
            {"spec": {"hostNetwork": True, "containers": [{"name": "a", "image": "2"}]}},
            ["spec.hostNetwork"],
        ),
        (
            forbidden("roleRef", ROLE, "FieldValueInvalid"),
            {"roleRef": {"kind": "Role", "name": "a"}},
            {"roleRef": {"kind": "Role", "name": "b"}},
            ["roleRef.name"],
        ),
        (
            forbidden("data", "Forbidden: field is immutable when `immutable` is set"),
            {"data": {"a": "1", "b": "1"}},
            {"data": {"a": "2"}},
            ["data.a"],
        ),
        (forbidden("spec.replicas", "must be greater than or equal to 0", "FieldValueInvalid"), {}, {}, []),
    ],
)
def test_the_fields_that_cannot_change_are_named(
    refusal: FieldRefusal, live: dict[str, Any], wanted: dict[str, Any], paths: list[str]
) -> None:
    assert [change.path for change in immutable_changes([refusal], made("X", **live), made("X", **wanted))] == paths


def test_the_sentence_says_what_is_and_what_would_be() -> None:
    changes = [FieldChange("spec.serviceName", "a", "b"), FieldChange("spec.clusterIP", after="None")]
    assert immutable_message(ObjectRef("apps/v1", "StatefulSet", "db"), changes) == (
        'StatefulSet db has fields that cannot be changed once it exists: spec.serviceName is "a" and would be "b"; '
        'spec.clusterIP is not there and would be "None".'
    )


def test_a_secret_that_cannot_change_shows_no_value() -> None:
    refusal = forbidden("data", "field is immutable")
    live, wanted = made("Secret", data={"a": "aHVudGVyMg=="}), made("Secret", data={"a": "c3dvcmRmaXNo"})
    changes = immutable_changes([refusal], live, wanted)
    said = immutable_message(ObjectRef("v1", "Secret", "web"), changes)
    assert "data.a is " in said
    assert "aHVudGVyMg" not in said
    assert "c3dvcmRmaXNo" not in said
