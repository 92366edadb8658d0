"""Workloads, and pods that run once."""

from __future__ import annotations

from typing import Any

from tests.e2e.causes.case import (
    HURRY,
    SAYS_NO,
    Case,
    Place,
    ended,
    has_gone,
    is_there,
    item,
    of_kind,
    pod_spec,
    reference,
    shell,
    told,
    web,
    workload,
)
from tests.real_world import eventually

HELD = {"metadata": {"finalizers": ["example.com/drain"]}}


def job(place: Place, script: str, **spec: Any) -> list[dict[str, Any]]:
    template = {"spec": pod_spec(place, {"command": shell(script)}, restartPolicy="Never")}
    return [item("batch/v1", "Job", {"template": template, **spec}, name="migrate")]


def test_pod(place: Place, script: str, **options: Any) -> dict[str, Any]:
    own = {"image": place.image, "helper_image": place.image, "command": shell(script)}
    return {"uses": "run-test-pod", "with": {**own, **options}}


def tests_with_service(place: Place, script: str, **ready: Any) -> dict[str, Any]:
    service = {"image": place.image, "command": shell(script), "within": "4s", **ready}
    return test_pod(place, "/bin/busybox sleep 3600", services={"db": service})


def reporting(place: Place, report: str) -> dict[str, Any]:
    script = f"echo '<testsuite name=\"shop\">{report}</testsuite>' > /reports/unit.xml"
    return test_pod(place, script, artifacts=["/reports"], junit=["*.xml"])


def delete_test_pod(place: Place) -> None:
    running = eventually(lambda: [each for each in place.find("Pod") if each["status"].get("phase") == "Running"])
    place.cluster.delete(reference(place, "Pod", running[0]["metadata"]["name"]), grace_seconds=0)


def delete_workload(place: Place) -> None:
    eventually(lambda: [each for each in place.find("Pod") if each["status"].get("phase") == "Running"])
    place.cluster.delete(reference(place, "Deployment", api_version="apps/v1"))


def recreated(place: Place, **container: Any) -> list[dict[str, Any]]:
    return [workload("Deployment", {**pod_spec(place, container), **HELD}, strategy={"type": "Recreate"})]


def leaving(place: Place) -> list[dict[str, Any]]:
    (deployment,) = web(place)
    deployment["metadata"]["finalizers"] = ["example.com/drain"]
    deployment["metadata"]["deletionTimestamp"] = "asked for by the test"
    return [deployment]


CASES = {
    "progress-deadline": Case(
        "progress-deadline",
        lambda place: [
            workload(
                "Deployment",
                pod_spec(place, {"image": f"{place.played['hangs']}/web:2.0"}),
                progressDeadlineSeconds=2,
            )
        ],
    ),
    "rollout-paused": Case(
        "rollout-paused",
        lambda place: [workload("Deployment", pod_spec(place), paused=True)],
        is_there,
        of_kind("apps/v1", "Deployment"),
    ),
    "old-pod-blocks-rollout": Case(
        "old-pod-blocks-rollout",
        lambda place: [workload("StatefulSet", pod_spec(place))],
        before=lambda place: [workload("StatefulSet", pod_spec(place, {"image": f"{place.registry}/web:2.0"}))],
        patience=HURRY,
        code=7,
    ),
    "crash-in-a-stateful-set": Case(
        "crash-loop",
        lambda place: [workload("StatefulSet", pod_spec(place, {"command": shell("exit 3")}))],
        ended(2),
    ),
    "crash-in-a-daemon-set": Case(
        "crash-loop",
        lambda place: [
            {
                **(made := workload("DaemonSet", pod_spec(place, {"command": shell("exit 3")}))),
                "spec": {name: value for name, value in made["spec"].items() if name != "replicas"},
            }
        ],
        ended(2),
    ),
    "job-backoff-limit": Case(
        "job-backoff-limit",
        lambda place: job(place, "echo the table is locked; exit 3", backoffLimit=0),
        told("BackoffLimitExceeded"),
    ),
    "job-deadline": Case(
        "job-deadline",
        lambda place: job(place, "/bin/busybox sleep 3600", activeDeadlineSeconds=2),
        told("DeadlineExceeded"),
    ),
    "command-failed": Case(
        "command-failed", step=lambda place: test_pod(place, "echo one test failed; exit 7"), code=1
    ),
    "deadline-exceeded": Case(
        "deadline-exceeded",
        step=lambda place: test_pod(place, "echo tests begin; /bin/busybox sleep 3600", test_timeout="4s"),
        code=5,
    ),
    "tests-failed": Case(
        "tests-failed",
        step=lambda place: reporting(place, '<testcase name="adds up"><failure message="3 is not 4"/></testcase>'),
        code=1,
    ),
    "no-tests": Case("no-tests", step=lambda place: reporting(place, ""), code=1),
    "report-unreadable": Case("report-unreadable", step=lambda place: reporting(place, "<testcase"), code=4),
    "service-died": Case(
        "service-died",
        step=lambda place: tests_with_service(place, "echo up; /bin/busybox sleep 3; exit 9", ready={"log": "up"}),
        code=4,
    ),
    "service-not-ready": Case(
        "service-not-ready",
        step=lambda place: tests_with_service(place, "echo starting; /bin/busybox sleep 3600", ports=[5432]),
        code=4,
    ),
    "pod-gone": Case(
        "pod-gone",
        shows=has_gone,
        watches=of_kind("v1", "Pod"),
        step=lambda place: test_pod(place, "/bin/busybox sleep 3600"),
        meanwhile=delete_test_pod,
        code=4,
    ),
    "object-gone": Case(
        "object-gone",
        lambda place: web(place, {"readinessProbe": SAYS_NO}),
        has_gone,
        of_kind("apps/v1", "Deployment"),
        meanwhile=delete_workload,
    ),
    "deletion-hanging": Case("deletion-hanging", web, before=leaving, patience=HURRY, code=7),
    "termination-hanging": Case(
        "termination-hanging",
        lambda place: recreated(place, env=[{"name": "VERSION", "value": "2"}]),
        before=recreated,
        patience=6 * HURRY,
    ),
}
