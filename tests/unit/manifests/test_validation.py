"""What is wrong with manifests is found before an API server sees them: all of it, each with its field."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from cdkit.api import Manifest, Position, Source
from cdkit_manifests.fields import Field
from cdkit_manifests.validation.examined import Examined
from cdkit_manifests.validation.rules import RULES
from cdkit_manifests.validation.rules.running import schedules
from cdkit_manifests.validation.structure import mistakes
from cdkit_manifests.validation.validate import validate
from cdkit_manifests.versions.library import definitions, kinds, known_versions
from cdkit_manifests.versions.version import KubernetesVersion

from .bundles import application, deployment, edited, pod

NEWEST = known_versions()[-1]
DOCS = Path(__file__).parents[3] / "docs" / "manifests.md"
Edit = Callable[[list[Manifest]], Any]

BUDGET: Manifest = {
    "apiVersion": "policy/v1",
    "kind": "PodDisruptionBudget",
    "metadata": {"name": "hello"},
    "spec": {"minAvailable": 1, "selector": {"matchLabels": {"app.kubernetes.io/name": "hello"}}},
}
AUTOSCALER: Manifest = {
    "apiVersion": "autoscaling/v2",
    "kind": "HorizontalPodAutoscaler",
    "metadata": {"name": "hello"},
    "spec": {"scaleTargetRef": {"kind": "Deployment", "name": "hello"}, "minReplicas": 2, "maxReplicas": 4},
}
CRON_JOB: Manifest = {
    "apiVersion": "batch/v1",
    "kind": "CronJob",
    "metadata": {"name": "nightly"},
    "spec": {
        "schedule": "0 3 * * *",
        "jobTemplate": {
            "spec": {
                "template": {
                    "spec": {"restartPolicy": "Never", "containers": [{"name": "nightly", "image": "r/nightly:1"}]}
                }
            }
        },
    },
}
STATEFUL_SET: Manifest = {
    "apiVersion": "apps/v1",
    "kind": "StatefulSet",
    "metadata": {"name": "db"},
    "spec": {
        "serviceName": "hello",
        "selector": {"matchLabels": {"a": "db"}},
        "template": {
            "metadata": {"labels": {"a": "db"}},
            "spec": {
                "containers": [
                    {"name": "db", "image": "db:1", "volumeMounts": [{"name": "data", "mountPath": "/data"}]}
                ]
            },
        },
        "volumeClaimTemplates": [
            {
                "metadata": {"name": "data"},
                "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
            }
        ],
    },
}
ROUTE: Manifest = {
    "apiVersion": "gateway.networking.k8s.io/v1",
    "kind": "HTTPRoute",
    "metadata": {"name": "hello"},
    "spec": {"rules": [{"backendRefs": [{"name": "hello", "port": 80}]}]},
}
EVERYTHING = [BUDGET, CRON_JOB, STATEFUL_SET, ROUTE]


def web(objects: list[Manifest]) -> dict[str, Any]:
    """The container of the application."""
    container: dict[str, Any] = pod(objects)["containers"][0]
    return container


def found(change: Edit, **options: Any) -> list[str]:
    """What is wrong with the application after a change."""
    objects = edited([*application(), *EVERYTHING], [change])
    return [str(problem) for problem in validate(objects, NEWEST, origins={}, **options)]


def put(container: dict[str, Any], **fields: Any) -> None:
    container.update(fields)


def autoscaled(objects: list[Manifest], **spec: Any) -> None:
    deployment(objects)["spec"].pop("replicas")
    objects.append({**AUTOSCALER, "spec": {**AUTOSCALER["spec"], **spec}})


WRONG: list[tuple[str, Edit, str]] = [
    (
        "schema",
        lambda o: o[1]["spec"].update(prots=[]),
        "Service hello, spec.prots is not known (schema). Did you mean 'ports'?",
    ),
    ("schema", lambda o: o[1].pop("spec"), "Service hello, spec is missing (schema)."),
    ("schema", lambda o: o[1].update(apiVersion="v2"), "Service hello, apiVersion is 'v2', and Kubernetes 1."),
    (
        "schema",
        lambda o: put(web(o), ports=[{"name": "http"}]),
        "spec.template.spec.containers[web].ports[0].containerPort is missing (schema).",
    ),
    (
        "schema",
        lambda o: o[-1]["metadata"].update(labels=[]),
        "HTTPRoute hello, metadata.labels must be a mapping, not a list (schema).",
    ),
    (
        "object-name",
        lambda o: o[1]["metadata"].update(name="1hello"),
        "Service 1hello, metadata.name has signs that are not allowed there: '1hello'",
    ),
    (
        "object-name",
        lambda o: o[0]["metadata"].update(name="a" * 254),
        "metadata.name has 254 characters, of 253 allowed",
    ),
    (
        "object-name",
        lambda o: o[0]["metadata"].update(namespace="a.b"),
        "ConfigMap hello-1f, metadata.namespace has signs",
    ),
    (
        "pod-name",
        lambda o: put(pod(o)["containers"][1], name="My_Proxy"),
        "containers[My_Proxy].name has signs that are not allowed",
    ),
    (
        "variable-name",
        lambda o: put(web(o), env=[{"name": "A B"}]),
        "env[A B].name is 'A B', which cannot be the name of a variable",
    ),
    (
        "label",
        lambda o: o[0]["metadata"].update(labels={"a": "b c"}),
        "ConfigMap hello-1f, metadata.labels.a has signs",
    ),
    ("label", lambda o: o[0]["metadata"].update(labels={"-/a": "b"}), "metadata.labels['-/a'] has signs"),
    (
        "label",
        lambda o: o[0]["metadata"].update(labels={"a": "b" * 64}),
        "metadata.labels.a has 64 characters, of 63 allowed",
    ),
    ("annotation", lambda o: o[0]["metadata"].update(annotations={"a b": ""}), "metadata.annotations['a b'] has signs"),
    (
        "annotation",
        lambda o: o[0]["metadata"].update(annotations={"a": "x" * 262144}),
        "metadata.annotations are 262,145 bytes together, of 262,144",
    ),
    ("object-once", lambda o: o.append(o[0]), "ConfigMap hello-1f stands more than once (object-once)."),
    ("name-once", lambda o: put(web(o), env=[{"name": "A"}, {"name": "A"}]), "env[A].name is 'A', as of another one"),
    (
        "port-once",
        lambda o: put(web(o), ports=[{"name": "http", "containerPort": 1}, {"name": "x", "containerPort": 1}]),
        "ports[1].containerPort is 1, as of another port",
    ),
    (
        "port-once",
        lambda o: o[1]["spec"]["ports"].append({"port": 81, "targetPort": "http"}),
        "Service hello, spec.ports[81].name is missing; of several ports",
    ),
    (
        "port-number",
        lambda o: put(web(o), ports=[{"name": "http", "containerPort": 0}]),
        "ports[0].containerPort is 0; a port is a number from 1 to 65535",
    ),
    (
        "port-name",
        lambda o: put(web(o), ports=[{"name": "http"}, {"name": "a" * 16, "containerPort": 1}][1:]),
        "ports[1].name is 'aaaaaaaaaaaaaaaa'",
    ),
    (
        "service-pods",
        lambda o: o[1]["spec"].update(selector={"a": "b"}),
        "Service hello, spec.selector matches no pods of these manifests",
    ),
    (
        "service-port",
        lambda o: o[1]["spec"]["ports"][0].update(targetPort="web"),
        "spec.ports[80].targetPort is 'web', and the pods have 'http'",
    ),
    (
        "service-port",
        lambda o: o[1]["spec"]["ports"][0].update(targetPort=9),
        "spec.ports[80].targetPort is 9, and the pods have 'http'",
    ),
    (
        "probe-port",
        lambda o: put(web(o), livenessProbe={"httpGet": {"port": "web"}}),
        "livenessProbe.httpGet.port is 'web', which no port of the container is called",
    ),
    (
        "route-backend",
        lambda o: o[1]["spec"]["ports"][0].update(name="web"),
        "paths[/].backend leads to port 'http' of Service hello, which has 80, 'web'",
    ),
    (
        "route-backend",
        lambda o: o[-1]["spec"]["rules"][0]["backendRefs"][0].update(name="no"),
        "HTTPRoute hello, spec.rules[0].backendRefs[0] leads to Service no, which is not there",
    ),
    (
        "selector",
        lambda o: deployment(o)["spec"]["template"]["metadata"].update(labels={"app.kubernetes.io/name": "x"}),
        "matchLabels['app.kubernetes.io/name'] is 'hello', and the label of the pods is 'x'",
    ),
    (
        "budget-pods",
        lambda o: o[5]["spec"].update(selector={"matchLabels": {"a": "b"}}),
        "PodDisruptionBudget hello, spec.selector matches no pods",
    ),
    (
        "budget-room",
        lambda o: o[5]["spec"].update(minAvailable=2),
        "PodDisruptionBudget hello, spec.minAvailable is 2, of 2 pods",
    ),
    (
        "autoscaler-target",
        lambda o: autoscaled(o, scaleTargetRef={"kind": "Deployment", "name": "x"}),
        "spec.scaleTargetRef means Deployment x, which is not there",
    ),
    (
        "autoscaler-replicas",
        lambda o: o.append(AUTOSCALER),
        "Deployment hello, spec.replicas is 2, and HorizontalPodAutoscaler hello decides that",
    ),
    (
        "autoscaler-bounds",
        lambda o: autoscaled(o, minReplicas=5),
        "spec.minReplicas is 5, more than `maxReplicas`, which is 4",
    ),
    (
        "quantity",
        lambda o: put(web(o), resources={"limits": {"memory": "128 MB"}}),
        "resources.limits.memory is '128 MB', which is no quantity",
    ),
    (
        "request-within-limit",
        lambda o: put(web(o), resources={"requests": {"cpu": 2}, "limits": {"cpu": "1500m"}}),
        "resources.requests.cpu is 2, more than the limit 1500m",
    ),
    ("container", lambda o: web(o).pop("image"), "containers[web].image is missing (container)."),
    (
        "container",
        lambda o: pod(o).update(containers=[]),
        "Deployment hello, spec.template.spec.containers is empty (container).",
    ),
    ("mount", lambda o: pod(o).pop("volumes"), "volumeMounts[/tmp].name is 'tmp', and the pod has no such volume"),
    (
        "mount",
        lambda o: web(o)["volumeMounts"].append(web(o)["volumeMounts"][0]),
        "mountPath is '/tmp', where another volume is mounted",
    ),
    (
        "reference",
        lambda o: put(web(o), envFrom=[{"secretRef": {"name": "db"}}]),
        "envFrom[db].secretRef needs Secret db, which is neither here nor named in `external`",
    ),
    (
        "reference",
        lambda o: put(web(o), env=[{"name": "A", "valueFrom": {"configMapKeyRef": {"name": "hello-1f", "key": "b"}}}]),
        "needs the key 'b', which ConfigMap hello-1f does not have",
    ),
    (
        "reference",
        lambda o: pod(o)["volumes"].append({"name": "v", "persistentVolumeClaim": {"claimName": "c"}}),
        "volumes[v].persistentVolumeClaim.claimName needs PersistentVolumeClaim c",
    ),
    (
        "stateful-service",
        lambda o: o[7]["spec"].update(serviceName="db"),
        "StatefulSet db, spec.serviceName is 'db', and there is no such Service",
    ),
    (
        "restart-policy",
        lambda o: o[6]["spec"]["jobTemplate"]["spec"]["template"]["spec"].pop("restartPolicy"),
        "is Always; for a CronJob it is OnFailure or Never",
    ),
    (
        "restart-policy",
        lambda o: pod(o).update(restartPolicy="Never"),
        "Deployment hello, spec.template.spec.restartPolicy is Never; for a Deployment it is Always",
    ),
    (
        "root",
        lambda o: put(web(o), securityContext={"runAsNonRoot": True, "runAsUser": 0}),
        "containers[web].securityContext.runAsUser is 0, which is root",
    ),
    (
        "schedule",
        lambda o: o[6]["spec"].update(schedule="0 25 * * *"),
        "CronJob nightly, spec.schedule is '0 25 * * *': '25' is no hour",
    ),
]


def test_what_makes_sense_is_left_in_peace() -> None:
    assert found(lambda _: None, release=True) == []
    assert found(autoscaled) == []


@pytest.mark.parametrize(("rule", "change", "message"), WRONG)
def test_what_makes_no_sense_is_found_with_its_field(rule: str, change: Edit, message: str) -> None:
    problems = found(change)
    assert [problem for problem in problems if f"({rule})" in problem and message in problem], problems


@pytest.mark.parametrize("image", ["r/hello", "r/hello:latest", "127.0.0.1:5000/hello"])
def test_an_image_that_may_change_is_refused_only_in_a_release(image: str) -> None:
    message = f"Deployment hello, spec.template.spec.containers[web].image is '{image}', which may be another one"
    assert message in str(found(lambda objects: put(web(objects), image=image), release=True))
    assert found(lambda objects: put(web(objects), image=image)) == []


def test_every_rule_has_a_case_here_and_a_row_in_the_documentation() -> None:
    ids = [rule.id for rule in RULES]
    assert len(set(ids)) == len(ids)
    assert {rule for rule, _, _ in WRONG} | {"pinned-image"} == {*ids, "schema"}
    rows = re.findall(r"^\| `([a-z-]+)` \| (.+) \| (.+) \|$", DOCS.read_text(encoding="utf-8"), re.MULTILINE)
    documented = {row for row in rows if row[0] in ids}
    assert documented == {(rule.id, rule.says, rule.remedy) for rule in RULES}


def test_everything_that_is_wrong_is_said_at_once_and_in_order() -> None:
    def change(objects: list[Manifest]) -> None:
        objects[1]["spec"]["ports"][0].update(targetPort="web", prot="TCP")
        pod(objects).pop("volumes")
        objects[6]["spec"]["schedule"] = "never"

    problems = found(change)
    # The Service is wrong by its schema: what leads to it can still be told, what is in it cannot be looked at.
    assert [re.findall(r"\(([a-z-]+)\)", problem)[0] for problem in problems] == ["schema", "mount", "schedule"]


def test_a_rule_can_be_switched_off() -> None:
    assert found(lambda objects: pod(objects).pop("volumes"), off=["mount"]) == []


def test_what_is_known_to_be_in_the_cluster_is_no_problem() -> None:
    def change(objects: list[Manifest]) -> None:
        web(objects)["envFrom"] = [{"secretRef": {"name": "db"}}, {"configMapRef": {"name": "x", "optional": True}}]

    assert found(change, external=["Secret/db"]) == []


def test_a_problem_stands_at_the_line_that_the_value_comes_from() -> None:
    objects = edited(application(), [lambda found: put(web(found), livenessProbe={"httpGet": {"port": "web"}})])
    origins = {
        Field("Deployment", "hello", ("spec",)): Source("deployment.yaml", 3),
        Field("Deployment", "hello", ("spec", "template", "spec", "containers", "[web]", "livenessProbe")): Source(
            "Dockerfile", 7, "HEALTHCHECK"
        ),
    }
    (problem,) = validate(objects, NEWEST, origins=origins)
    assert problem.position == Position("Dockerfile", 7, 1)
    assert validate(objects, NEWEST, origins={})[0].position is None


def test_what_an_older_version_does_not_know_is_found_for_it_only() -> None:
    objects = edited(application(), [lambda found: put(web(found), lifecycle={"preStop": {"sleep": {"seconds": 1}}})])
    assert validate(objects, NEWEST, origins={}) == []
    (problem,) = validate(objects, KubernetesVersion(1, 28), origins={})
    assert "lifecycle.preStop.sleep is not known (schema)" in problem.message


def test_manifests_for_the_oldest_version_are_validated_although_nobody_keeps_its_schema() -> None:
    objects = [*application(), {**BUDGET, "apiVersion": "policy/v1beta1"}, {**CRON_JOB, "apiVersion": "batch/v1beta1"}]
    assert validate(objects, KubernetesVersion(1, 20), origins={}) == []
    problems = validate(objects, NEWEST, origins={})
    assert [problem.message.split(" (")[1] for problem in problems] == ["schema).", "schema)."]


@pytest.mark.parametrize(
    "schedule",
    ["* * * * *", "*/15 0-6/2 1,15 jan-mar MON-fri", "@hourly", "@every 1h30m", "0 0 ? * 0"],
)
def test_a_schedule_that_is_right(schedule: str) -> None:
    assert list(schedules(scheduled(schedule))) == []


@pytest.mark.parametrize(
    ("schedule", "message"),
    [
        ("", "it needs 5 parts, and has 0"),
        ("* * * * * *", "it needs 5 parts, and has 6"),
        ("60 * * * *", "'60' is no minute"),
        ("* * 0 * *", "'0' is no day of the month"),
        ("* * * 5-2 *", "'5-2' is no month"),
        ("*/0 * * * *", "'*/0' is no minute"),
        ("* * * * 7", "'7' is no day of the week"),
        ("* * * * monday", "'monday' is no day of the week"),
        ("@never", "it needs 5 parts, and has 1"),
    ],
)
def test_a_schedule_that_is_wrong(schedule: str, message: str) -> None:
    ((_, what),) = schedules(scheduled(schedule))
    assert what == f"is {schedule!r}: {message}"


def scheduled(schedule: str) -> Examined:
    return Examined(objects=[{**CRON_JOB, "spec": {**CRON_JOB["spec"], "schedule": schedule}}])


@st.composite
def damaged(draw: st.DrawFn) -> list[Manifest]:
    """Manifests in which something is missing, or something else than it should be."""
    objects = copy.deepcopy([*application(), *EVERYTHING, AUTOSCALER])
    for _ in range(draw(st.integers(1, 3))):
        place: Any = draw(st.sampled_from(objects))
        while True:
            keys = [key for key in (place if isinstance(place, dict) else range(len(place))) if key not in KEPT]
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if not isinstance(place[key], dict | list) or draw(st.integers(0, 3)) == 0:
                place[key] = draw(st.sampled_from([None, {}, [], "x", 1, True, [{}], ["x"], {"x": None}]))
                break
            place = place[key]
    return objects


@given(damaged())
def test_we_and_jsonschema_are_of_one_mind(objects: list[Manifest]) -> None:
    document = definitions(NEWEST)
    registry: Registry[Any] = Resource.from_contents(document) @ Registry()
    for item in objects:
        kind = kinds(NEWEST).get(
            (item["apiVersion"].rpartition("/")[0], item["apiVersion"].split("/")[-1], item["kind"])
        )
        if kind:
            schema = {"$ref": f"{document['$id']}#/$defs/{kind}"}
            theirs = not Draft202012Validator(schema, registry=registry).is_valid(item)
            assert any(mistakes(item, document["$defs"][kind], document["$defs"])) is theirs


@pytest.mark.parametrize("version", known_versions(), ids=str)
def test_the_schemas_of_all_versions_say_nothing_that_we_do_not_know(version: KubernetesVersion) -> None:
    known = {"$ref", "type", "properties", "additionalProperties", "required", "items", "enum", "oneOf"}
    silent = {"description", "format", "title"}
    assert words(list(definitions(version)["$defs"].values())) - known - silent == set()


def words(schemas: list[Any]) -> set[str]:
    """All words of JSON Schema that are used in some schemas and below."""
    found: set[str] = set()
    for schema in (schema for schema in schemas if isinstance(schema, dict)):
        found |= {word for word in schema if not word.startswith("x-kubernetes-")}
        below = [schema.get("items"), schema.get("additionalProperties"), *schema.get("oneOf", [])]
        found |= words([*schema.get("properties", {}).values(), *below])
    return found


KEPT = ("apiVersion", "kind", "name")


@given(damaged())
def test_no_damage_to_manifests_is_a_surprise(objects: list[Manifest]) -> None:
    objects = [item for item in objects if isinstance(item["metadata"], dict) and "name" in item["metadata"]]
    for version in (NEWEST, KubernetesVersion(1, 20)):
        for problem in validate(objects, version, origins={}, release=True):
            assert problem.message.endswith(").")
