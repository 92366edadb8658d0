"""Answers as API servers gave them (Kubernetes 1.20 and 1.34), and what a person is told."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from cdkit.clients.kube.errors import Answer, Request, error_of, says_no_such_object
from cdkit.errors import (
    AccessDenied,
    CdkitError,
    ClusterUnreachable,
    ObjectConflict,
    ObjectNotFound,
    RequestRejected,
)
from cdkit.models.kube import FieldRefusal

SERVER = "the API server of context 'staging' (https://k.example)"


def request(kind: str = "Deployment", verb: str = "apply") -> Request:
    return Request(SERVER, verb, "apps/v1", kind, "web", "staging")


def answer(code: int, message: str, reason: str = "", **details: Any) -> Answer:
    return Answer(code, msgspec.json.encode({"message": message, "reason": reason, "details": details}))


def told(code: int, message: str, about: str = "Deployment", reason: str = "", **details: Any) -> CdkitError:
    return error_of(answer(code, message, reason, **details), request(about))


def test_unknown_credentials_name_the_server() -> None:
    error = told(401, "Unauthorized", reason="Unauthorized")
    assert isinstance(error, AccessDenied)
    assert error.message == (
        "The API server of context 'staging' (https://k.example) does not accept our credentials (401): Unauthorized."
    )


def test_a_missing_permission_names_verb_resource_and_account() -> None:
    error = told(
        403, 'deployments.apps is forbidden: User "ci" cannot patch resource "deployments" in API group "apps"'
    )
    assert isinstance(error, AccessDenied)
    assert 'User "ci" cannot patch resource "deployments"' in error.message
    assert error.message.startswith("Not allowed to apply Deployment web in namespace staging: ")


@pytest.mark.parametrize(
    ("message", "remedy"),
    [
        ('pods "x" is forbidden: exceeded quota: small, requested: cpu=2, used: cpu=1, limited: cpu=2', "quota"),
        ('pods "x" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation', "admission rule"),
    ],
)
def test_what_is_forbidden_for_another_reason_has_another_remedy(message: str, remedy: str) -> None:
    assert remedy in told(403, message).remedy


def test_a_namespace_that_is_going_away_is_waited_for() -> None:
    causes = [{"reason": "NamespaceTerminating", "message": "is being terminated", "field": "metadata.namespace"}]
    assert "Wait until the namespace is gone" in told(403, "unable to create new content", causes=causes).remedy


def test_a_missing_namespace_is_named_and_can_be_made() -> None:
    error = told(404, 'namespaces "staging" not found', reason="NotFound", name="staging", kind="namespaces")
    assert isinstance(error, ObjectNotFound)
    assert "the namespace staging does not exist" in error.message
    assert "kubectl create namespace staging" in error.remedy


def test_a_kind_that_is_not_served_is_not_a_missing_object() -> None:
    unknown = answer(404, "the server could not find the requested resource", "NotFound")
    assert not says_no_such_object(unknown)
    assert not says_no_such_object(Answer(404, b"404 page not found\n"))
    assert says_no_such_object(answer(404, 'pods "y" not found', "NotFound", name="y", kind="pods"))
    error = error_of(unknown, request())
    assert isinstance(error, RequestRejected)
    assert "does not serve apps/v1 Deployment" in error.message


def test_every_invalid_field_is_told_on_one_line() -> None:
    causes = [
        {"reason": "FieldValueRequired", "message": "Required value", "field": "spec.selector"},
        {"reason": "FieldValueInvalid", "message": "Invalid value: 0:\n must be more", "field": "spec.replicas"},
    ]
    error = told(422, 'Deployment.apps "web" is invalid: [...]', causes=causes)
    assert isinstance(error, RequestRejected)
    assert error.message.endswith("spec.selector: Required value; spec.replicas: Invalid value: 0: must be more.")


def test_a_field_that_an_old_server_calls_an_internal_error_is_our_own() -> None:
    refused = answer(500, "failed to create typed patch object: .spec.foo: field not declared in schema")
    assert not refused.transient
    assert isinstance(error_of(refused, request()), RequestRejected)


@pytest.mark.parametrize("code", [429, 500, 502, 503, 504])
def test_a_server_that_stumbles_is_an_outage(code: int) -> None:
    assert answer(code, "etcdserver: leader changed").transient
    assert isinstance(told(code, "etcdserver: leader changed"), ClusterUnreachable)


def test_a_conflict_repeats_the_servers_words() -> None:
    error = told(409, "the object has been modified")
    assert isinstance(error, ObjectConflict)
    assert error.message == "Cannot apply Deployment web in namespace staging: the object has been modified."


@pytest.mark.parametrize(
    ("code", "message", "shown"),
    [
        (400, 'illegal base64 data at input byte 7, error found in ...|"hunter2!"}}|...', "illegal base64 data"),
        (
            500,
            "failed to create typed patch object: .data.a: expected string, got &value.valueUnstructured{hunter2}",
            ".data.a: expected string",
        ),
        (422, 'Secret "web" is invalid: hunter2', "left out"),
    ],
)
def test_the_values_of_a_secret_are_never_repeated(code: int, message: str, shown: str) -> None:
    error = told(code, message, about="Secret")
    assert isinstance(error, RequestRejected)
    assert "hunter2" not in error.message
    assert shown in error.message


def test_an_invalid_secret_names_the_field_without_its_value() -> None:
    causes = [{"reason": "FieldValueInvalid", "message": 'Invalid value: "hunter2"', "field": "data[a b]"}]
    error = told(422, 'data[a b]: Invalid value: "hunter2"', about="Secret", causes=causes)
    assert isinstance(error, RequestRejected)
    assert "data[a b] (FieldValueInvalid)" in error.message
    assert "hunter2" not in error.message
    assert error.fields == (FieldRefusal("data[a b]", "FieldValueInvalid"),)


def test_an_error_carries_the_fields_that_the_server_objects_to() -> None:
    causes = [{"reason": "FieldValueInvalid", "message": "field is immutable", "field": "spec.selector"}]
    error = told(422, "invalid", causes=causes)
    assert isinstance(error, RequestRejected)
    assert error.fields == (FieldRefusal("spec.selector", "FieldValueInvalid", "field is immutable"),)


def test_a_page_of_a_proxy_is_cut_and_put_on_one_line() -> None:
    error = error_of(Answer(502, b"<html>\n" + b"x" * 5000), request())
    assert isinstance(error, ClusterUnreachable)
    assert "\n" not in error.message
    assert len(error.message) < 1200
