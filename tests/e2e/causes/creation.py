"""Pods are refused by the API server."""

from __future__ import annotations

from tests.e2e.causes.case import HURRY, LABELS, Case, Place, item, told, web

REFUSED = told("FailedCreate")


def limit_range(**limits: object) -> dict[str, object]:
    return item("v1", "LimitRange", {"limits": [{"type": "Container", **limits}]}, name="small")


def webhook(place: Place, address: str, kind: str = "Validating") -> dict[str, object]:
    """An admission webhook for the pods of this case alone."""
    hook = {
        "name": "policy.example.com",
        "clientConfig": {"url": f"https://{address}/", "caBundle": place.authority},
        "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}],
        "objectSelector": {"matchLabels": {"case": place.suffix}},
        "admissionReviewVersions": ["v1"],
        "sideEffects": "None",
        "timeoutSeconds": 5,
    }
    return {
        "apiVersion": "admissionregistration.k8s.io/v1",
        "kind": f"{kind}WebhookConfiguration",
        "metadata": {"name": f"policy-{place.suffix}"},
        "webhooks": [hook],
    }


def with_label(place: Place) -> list[dict[str, object]]:
    return web(place, metadata={"labels": {**LABELS, "case": place.suffix}})


CASES = {
    "admission-refused": Case(
        "admission-refused", with_label, REFUSED, before=lambda place: [webhook(place, place.played["denies"])]
    ),
    "admission-unreachable": Case(
        "admission-unreachable",
        with_label,
        before=lambda place: [webhook(place, "127.0.0.1:9")],
        patience=HURRY,
    ),
    "pod-creation-failing": Case(
        "pod-creation-failing",
        with_label,
        before=lambda place: [webhook(place, place.played["breaks"], "Mutating")],
        patience=HURRY,
    ),
    "quota-exceeded": Case(
        "quota-exceeded",
        web,
        before=lambda _: [item("v1", "ResourceQuota", {"hard": {"pods": "0"}}, name="small")],
        patience=HURRY,
    ),
    "quota-needs-resources": Case(
        "quota-exceeded",
        web,
        REFUSED,
        before=lambda _: [item("v1", "ResourceQuota", {"hard": {"limits.memory": "1Gi"}}, name="small")],
    ),
    "limit-range-violated": Case(
        "limit-range-violated",
        lambda place: web(place, {"resources": {"limits": {"memory": "64Mi"}}}),
        REFUSED,
        before=lambda _: [limit_range(max={"memory": "32Mi"})],
    ),
    "pod-invalid": Case(
        "pod-invalid",
        lambda place: web(place, {"resources": {"requests": {"memory": "64Mi"}}}),
        REFUSED,
        before=lambda _: [limit_range(default={"memory": "32Mi"})],
    ),
    "service-account-missing": Case(
        "service-account-missing", lambda place: web(place, serviceAccountName="robot"), patience=HURRY
    ),
}
