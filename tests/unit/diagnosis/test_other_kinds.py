"""Kinds without a rollout: claims, Services, Ingresses, autoscalers, definitions, CronJobs, single Pods."""

from __future__ import annotations

import json

import pytest

from cdkit.diagnosis.autoscaler import CONDITIONS_OF_V1, diagnose_autoscaler
from cdkit.diagnosis.cron_job import diagnose_cron_job
from cdkit.diagnosis.definition import diagnose_definition
from cdkit.diagnosis.ingress import diagnose_ingress
from cdkit.diagnosis.replica_set import diagnose_replica_set
from cdkit.diagnosis.service import diagnose_service
from cdkit.diagnosis.standalone_pod import diagnose_pod
from cdkit.diagnosis.verdict import Verdict
from cdkit.diagnosis.volume_claim import diagnose_volume_claim
from tests.unit.diagnosis.objects import Json, container_status, event, metadata, pod, running, terminated, waiting


def item(kind: str, spec: Json | None = None, status: Json | None = None, name: str = "hello", **more: Json) -> Json:
    return {"kind": kind, "metadata": metadata(name, **more), "spec": spec or {}, "status": status or {}}


def told(verdict: Verdict) -> list[tuple[str, float | None, str]]:
    return [(cause.id, cause.patience.grace, cause.sentence) for cause in verdict.causes]


# Claims


def claim(phase: str) -> Json:
    return item("PersistentVolumeClaim", status={"phase": phase})


def test_a_bound_claim_is_ready() -> None:
    assert diagnose_volume_claim(claim("Bound"), []).state == "succeeded"


def test_a_claim_that_waits_for_its_first_pod_is_as_ready_as_it_can_be() -> None:
    waits = event(claim("Pending"), "WaitForFirstConsumer", "waiting for first consumer to be created before binding")
    verdict = diagnose_volume_claim(claim("Pending"), [waits])
    assert (verdict.state, verdict.summary) == ("succeeded", "PersistentVolumeClaim hello waits for its first pod")


def test_a_claim_that_nobody_can_fulfil_says_why() -> None:
    failed = event(claim("Pending"), "ProvisioningFailed", 'storageclass.storage.k8s.io "fast" not found')
    verdict = diagnose_volume_claim(claim("Pending"), [failed])
    assert verdict.state == "progressing"
    assert told(verdict) == [
        (
            "volume-claim-unbound",
            60,
            'PersistentVolumeClaim hello is not bound to a volume: storageclass.storage.k8s.io "fast" not found.',
        )
    ]
    assert diagnose_volume_claim(claim("Pending"), []).causes == ()


def test_a_claim_that_has_lost_its_volume_is_lost() -> None:
    verdict = diagnose_volume_claim(claim("Lost"), [])
    assert (verdict.state, verdict.causes[0].id) == ("failed", "volume-claim-lost")


# Services


def service(**spec: Json) -> Json:
    ports = [{"port": 80, "targetPort": "http"}]
    return item("Service", {"selector": {"app": "hello"}, "ports": ports, "clusterIP": "10.0.0.1", **spec})


def selected(*, ready: bool, port: str = "http") -> Json:
    state = container_status(ready=ready, state=running())
    container = {"name": "hello", "image": "x", "ports": [{"name": port, "containerPort": 8080}]}
    return pod("hello-1", state, labels={"app": "hello", "x": "y"}, spec={"containers": [container]})


ENDPOINTS = item("Endpoints") | {"subsets": [{"addresses": [{"ip": "10.1.0.1"}]}]}
EMPTY = item("Endpoints")


def test_a_service_with_endpoints_is_ready() -> None:
    verdict = diagnose_service(service(), [ENDPOINTS], [], [])
    assert (verdict.state, verdict.summary) == ("succeeded", "Service hello answers at 10.0.0.1")


@pytest.mark.parametrize("spec", [{"selector": None}, {"type": "ExternalName", "externalName": "example.com"}])
def test_a_service_that_selects_nothing_by_intention_is_ready(spec: Json) -> None:
    assert diagnose_service(service(**spec), [], [], []).state == "succeeded"


def test_a_service_before_a_workload_of_no_replicas_is_ready() -> None:
    template = {"metadata": {"labels": {"app": "hello"}}}
    idle = item("Deployment", {"replicas": 0, "template": template})
    assert diagnose_service(service(), [EMPTY], [], [], [idle]).state == "succeeded"
    busy = item("Deployment", {"replicas": 1, "template": template})
    assert diagnose_service(service(), [EMPTY], [], [], [busy]).state == "progressing"


def test_a_service_that_selects_no_pod_names_its_labels() -> None:
    verdict = diagnose_service(service(), [EMPTY], [pod("other", labels={"app": "other"})], [])
    assert told(verdict) == [
        ("service-selects-nothing", 60, "Service hello selects no pod: none has the labels app=hello.")
    ]


def test_a_service_that_names_a_port_that_no_container_has() -> None:
    verdict = diagnose_service(service(), [EMPTY], [selected(ready=True, port="web")], [])
    assert told(verdict) == [
        (
            "service-port-missing",
            60,
            "Service hello leads to the port http, which no container of its pods has by that name.",
        )
    ]


def test_a_service_whose_pods_are_not_ready_leaves_the_blame_to_them() -> None:
    verdict = diagnose_service(service(), [EMPTY], [selected(ready=False)], [])
    assert told(verdict) == [
        (
            "service-without-endpoints",
            None,
            "Service hello has no pod that is ready: it selects 1 pod, 0 ready.",
        )
    ]


def test_a_load_balancer_is_waited_for_and_its_failure_told() -> None:
    asked = service(type="LoadBalancer")
    assert told(diagnose_service(asked, [ENDPOINTS], [], []))[0][:2] == ("load-balancer-pending", None)
    failed = event(asked, "SyncLoadBalancerFailed", "Error syncing load balancer: quota 'ADDRESSES' exceeded.")
    assert told(diagnose_service(asked, [ENDPOINTS], [], [failed])) == [
        (
            "load-balancer-failing",
            120,
            "Service hello gets no load balancer: Error syncing load balancer: quota 'ADDRESSES' exceeded.",
        )
    ]
    made = asked | {"status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.1", "ipMode": "VIP"}]}}}
    assert diagnose_service(made, [ENDPOINTS], [], [failed]).state == "succeeded"


# Ingresses


def ingress(port: Json, service_name: str = "hello") -> Json:
    backend = {"service": {"name": service_name, "port": port}}
    return item("Ingress", {"rules": [{"http": {"paths": [{"path": "/", "backend": backend}]}}]})


HTTP = {"metadata": {"name": "hello"}, "spec": {"ports": [{"name": "http", "port": 80}]}}


def test_an_ingress_to_a_service_that_is_there_is_ready_with_or_without_an_address() -> None:
    assert diagnose_ingress(ingress({"number": 80}), [HTTP]).summary == "Ingress hello has no address yet"
    named = ingress({"name": "http"}) | {"status": {"loadBalancer": {"ingress": [{"hostname": "lb.example"}]}}}
    assert diagnose_ingress(named, [HTTP]).summary == "Ingress hello has the address lb.example"


def test_an_ingress_to_a_service_that_is_not_there_says_so() -> None:
    verdict = diagnose_ingress(ingress({"number": 80}, "gone"), [HTTP])
    assert told(verdict) == [
        ("ingress-backend-missing", 30, "Ingress hello leads to the Service gone, which does not exist.")
    ]


def test_an_ingress_to_a_port_that_is_not_there_says_so() -> None:
    verdict = diagnose_ingress(ingress({"number": 81}), [HTTP])
    assert told(verdict)[0][2] == ("Ingress hello leads to the port 81 of the Service hello, which has no such port.")


def test_an_ingress_of_an_older_version_is_read_too() -> None:
    old = item("Ingress", {"backend": {"serviceName": "gone", "servicePort": 80}})
    assert [cause.id for cause in diagnose_ingress(old, [HTTP]).causes] == ["ingress-backend-missing"]


def test_a_backend_that_is_no_service_is_left_to_its_controller() -> None:
    bucket = {"resource": {"apiGroup": "example.com", "kind": "Bucket", "name": "assets"}}
    assert diagnose_ingress(item("Ingress", {"defaultBackend": bucket}), []).state == "succeeded"


# Autoscalers


def autoscaler(*conditions: tuple[str, str, str, str]) -> Json:
    listed = [dict(zip(("type", "status", "reason", "message"), each, strict=True)) for each in conditions]
    return item(
        "HorizontalPodAutoscaler",
        {"scaleTargetRef": {"kind": "Deployment", "name": "web"}},
        {"conditions": listed},
    )


ABLE = ("AbleToScale", "True", "ReadyForNewScale", "")
ACTIVE = ("ScalingActive", "True", "ValidMetricFound", "")
NO_METRICS = (
    "ScalingActive",
    "False",
    "FailedGetResourceMetric",
    "the HPA was unable to compute the replica count: missing request for cpu",
)
NO_TARGET = (
    "AbleToScale",
    "False",
    "FailedGetScale",
    'the HPA controller was unable to get the target\'s current scale: deployments/scale.apps "web" not found',
)


def test_an_autoscaler_that_scales_is_ready() -> None:
    assert diagnose_autoscaler(autoscaler(ABLE, ACTIVE)).state == "succeeded"
    limited = ("ScalingLimited", "True", "TooManyReplicas", "")
    assert diagnose_autoscaler(autoscaler(ABLE, ACTIVE, limited)).summary.endswith("scales, and is at its limit")
    assert diagnose_autoscaler(autoscaler(ABLE, ("ScalingActive", "False", "ScalingDisabled", ""))).state == "succeeded"


def test_an_autoscaler_that_was_not_looked_at_is_waited_for() -> None:
    verdict = diagnose_autoscaler(autoscaler())
    assert (verdict.state, verdict.causes) == ("progressing", ())


def test_an_autoscaler_without_metrics_or_a_target_says_so() -> None:
    (metrics,) = diagnose_autoscaler(autoscaler(ABLE, NO_METRICS)).causes
    assert (metrics.id, metrics.patience.grace) == ("autoscaler-cannot-scale", 120)
    assert "missing request for cpu" in metrics.sentence
    assert "resources.requests" in metrics.remedy
    (target,) = diagnose_autoscaler(autoscaler(NO_TARGET, ACTIVE)).causes
    assert (target.id, target.patience.grace) == ("autoscaler-target-missing", 30)
    assert target.sentence.startswith("HorizontalPodAutoscaler hello cannot scale Deployment web: ")


def test_an_autoscaler_as_version_1_shows_it_is_understood() -> None:
    conditions = autoscaler(ABLE, NO_METRICS)["status"]["conditions"]
    shown = item("HorizontalPodAutoscaler", annotations={CONDITIONS_OF_V1: json.dumps(conditions)})
    assert [cause.id for cause in diagnose_autoscaler(shown).causes] == ["autoscaler-cannot-scale"]


# Definitions and CronJobs


def test_a_definition_is_ready_when_it_is_served() -> None:
    accepted = {"type": "NamesAccepted", "status": "True"}
    served = {"type": "Established", "status": "True"}
    assert diagnose_definition(item("CustomResourceDefinition")).state == "progressing"
    verdict = diagnose_definition(item("CustomResourceDefinition", status={"conditions": [accepted, served]}))
    assert verdict.state == "succeeded"


def test_a_definition_whose_name_is_taken_is_never_served() -> None:
    taken = {"type": "NamesAccepted", "status": "False", "reason": "KindConflict", "message": '"Widget" is in use'}
    verdict = diagnose_definition(item("CustomResourceDefinition", status={"conditions": [taken]}))
    assert (verdict.state, verdict.causes[0].id) == ("failed", "definition-name-taken")
    assert verdict.causes[0].evidence == ('NamesAccepted is False: KindConflict: "Widget" is in use',)


def test_a_cron_job_is_ready_as_it_is() -> None:
    assert diagnose_cron_job(item("CronJob", {"schedule": "0 4 * * *"}), []).summary.endswith("a Job at 0 4 * * *")
    assert diagnose_cron_job(item("CronJob", {"suspend": True}), []).summary == "CronJob hello is suspended"


# Single pods, ReplicaSets


def test_a_pod_by_itself_has_to_become_ready() -> None:
    assert diagnose_pod(pod("hello", container_status(ready=True, state=running())), []).state == "succeeded"
    slow = pod("hello", container_status(state=waiting("ContainerCreating")))
    assert diagnose_pod(slow, []).state == "progressing"
    broken = pod("hello", container_status(restarts=3, state=waiting("CrashLoopBackOff"), lastState=terminated(1)))
    assert [cause.id for cause in diagnose_pod(broken, []).causes] == ["crash-loop"]


def test_a_pod_that_is_not_restarted_has_to_end_well() -> None:
    once = {"restartPolicy": "Never"}
    at_work = pod("hello", container_status(ready=True, state=running()), spec=once)
    assert diagnose_pod(at_work, []).state == "progressing"
    ended = container_status(state=terminated(0, "Completed"))
    assert diagnose_pod(pod("hello", ended, spec=once), []).state == "succeeded"


def test_an_evicted_pod_by_itself_does_not_come_back() -> None:
    gone = pod("hello", status={"phase": "Failed", "reason": "Evicted", "message": "The node was low on memory."})
    assert diagnose_pod(gone, []).state == "failed"


@pytest.mark.parametrize("kind", ["ReplicaSet", "ReplicationController"])
def test_a_replica_set_is_ready_when_all_its_pods_are_available(kind: str) -> None:
    def seen(replicas: int, available: int) -> Json:
        status = {"observedGeneration": 1, "replicas": replicas, "availableReplicas": available}
        return item(kind, {"replicas": 2}, status, generation=1)

    assert diagnose_replica_set(seen(2, 2), [], []).state == "succeeded"
    assert diagnose_replica_set(seen(3, 2), [], []).state == "progressing"
    crashed = container_status(restarts=3, state=waiting("CrashLoopBackOff"), lastState=terminated(1))
    broken = [pod(f"hello-{number}", crashed, owner="uid-hello") for number in (1, 2)]
    verdict = diagnose_replica_set(seen(2, 0), broken, [])
    assert (verdict.state, verdict.causes[0].id) == ("failed", "crash-loop")
