"""Services, routes, autoscalers, definitions and custom resources."""

from __future__ import annotations

from typing import Any

from cdkit.models.kube import ObjectQuery
from tests.e2e.causes.case import (
    HURRY,
    LABELS,
    SAYS_NO,
    SHORT,
    Case,
    Place,
    has_condition,
    item,
    reference,
    web,
)
from tests.real_world import eventually

PORTS = [{"port": 80, "targetPort": "http", "protocol": "TCP"}]
PLAIN_PORTS = [{"port": 80, "protocol": "TCP"}]


def service(**spec: Any) -> dict[str, Any]:
    return item("v1", "Service", {"selector": LABELS, "ports": PORTS, **spec})


def ingress(_: Place) -> list[dict[str, Any]]:
    backend = {"service": {"name": "web", "port": {"number": 80}}}
    paths = [{"path": "/", "pathType": "Prefix", "backend": backend}]
    return [item("networking.k8s.io/v1", "Ingress", {"rules": [{"http": {"paths": paths}}]})]


def autoscaler(_: Place) -> list[dict[str, Any]]:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    spec = {"scaleTargetRef": target, "maxReplicas": 3, "targetCPUUtilizationPercentage": 80}
    return [item("autoscaling/v1", "HorizontalPodAutoscaler", spec)]


def definition(place: Place, plural: str) -> dict[str, Any]:
    group = f"t{place.suffix}.example.com"
    schema = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    version = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    spec = {
        "group": group,
        "scope": "Namespaced",
        "names": {"kind": "Widget", "plural": plural, "singular": plural.removesuffix("s")},
        "versions": [version],
    }
    return item("apiextensions.k8s.io/v1", "CustomResourceDefinition", spec, name=f"{plural}.{group}")


def widget(place: Place, annotations: dict[str, str]) -> list[dict[str, Any]]:
    made = item(f"t{place.suffix}.example.com/v1", "Widget")
    made["metadata"]["annotations"] = annotations
    return [made]


def stall(place: Place) -> None:
    """What the controller of the kind would do."""
    ref = reference(place, "Widget", api_version=f"t{place.suffix}.example.com/v1")
    eventually(lambda: place.cluster.get(ref))
    place.cluster.patch(ref, {"status": {"conditions": [STALLED]}}, "merge")


def the_widgets(place: Place) -> ObjectQuery:
    return ObjectQuery(f"t{place.suffix}.example.com/v1", "Widget", place.namespace)


def the_gadgets(place: Place) -> ObjectQuery:
    chosen = f"metadata.name=gadgets.t{place.suffix}.example.com"
    return ObjectQuery("apiextensions.k8s.io/v1", "CustomResourceDefinition", field_selector=chosen)


def fail_to_balance(place: Place) -> None:
    """What the controller of a cloud says."""
    uid = eventually(lambda: place.cluster.get(reference(place, "Service")))["metadata"]["uid"]
    event = {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"generateName": "web-", "namespace": place.namespace},
        "involvedObject": {"kind": "Service", "name": "web", "namespace": place.namespace, "uid": uid},
        "type": "Warning",
        "reason": "SyncLoadBalancerFailed",
        "message": "Error syncing load balancer: failed to ensure load balancer: no subnets found for creating one",
    }
    place.cluster.create(event)


def defined(place: Place) -> list[dict[str, Any]]:
    return [definition(place, "widgets")]


STALLED = {"type": "Stalled", "status": "True", "reason": "NoQuota", "message": "the account has no quota for widgets"}

CASES = {
    "service-selects-nothing": Case("service-selects-nothing", lambda _: [service()], patience=HURRY),
    "service-port-missing": Case("service-port-missing", lambda place: [service(), *web(place)], patience=4 * HURRY),
    "service-without-endpoints": Case(
        "service-without-endpoints",
        lambda _: [service(ports=PLAIN_PORTS)],
        before=lambda place: web(place, {"readinessProbe": SAYS_NO}),
        wait=SHORT,
    ),
    "load-balancer-pending": Case(
        "load-balancer-pending",
        lambda _: [service(type="LoadBalancer", selector=None, ports=PLAIN_PORTS)],
        wait=SHORT,
    ),
    "load-balancer-failing": Case(
        "load-balancer-failing",
        lambda _: [service(type="LoadBalancer", selector=None, ports=PLAIN_PORTS)],
        meanwhile=fail_to_balance,
        patience=HURRY / 4,
    ),
    "ingress-backend-missing": Case("ingress-backend-missing", ingress, patience=HURRY),
    "autoscaler-target-missing": Case("autoscaler-target-missing", autoscaler, patience=HURRY),
    "autoscaler-cannot-scale": Case(
        "autoscaler-cannot-scale",
        autoscaler,
        before=lambda place: web(place, {"resources": {"requests": {"cpu": "1m"}}}),
        patience=HURRY,
    ),
    "definition-name-taken": Case(
        "definition-name-taken",
        lambda place: [definition(place, "gadgets")],
        has_condition("NamesAccepted", "False"),
        the_gadgets,
        before=defined,
    ),
    "custom-resource-failed": Case(
        "custom-resource-failed",
        lambda place: widget(place, {"cdkit.dev/ready-condition": "Ready"}),
        has_condition("Stalled", "True"),
        the_widgets,
        before=defined,
        meanwhile=stall,
    ),
    "custom-resource-not-ready": Case(
        "custom-resource-not-ready",
        lambda place: widget(place, {"cdkit.dev/ready-jsonpath": "{.status.phase}=Running"}),
        before=defined,
        wait=SHORT,
    ),
    "readiness-annotation-invalid": Case(
        "readiness-annotation-invalid",
        lambda place: widget(place, {"cdkit.dev/ready-jsonpath": "{.status[}=Running"}),
        before=defined,
    ),
}
