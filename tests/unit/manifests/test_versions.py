"""Manifests for older versions of Kubernetes, and the table of what each of them knows."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from cdkit.api import ClusterUnreachable, InvalidInput, Manifest
from cdkit_manifests.pods import TEMPLATES
from cdkit_manifests.versions.fit import fit
from cdkit_manifests.versions.library import definitions, kinds, known_versions
from cdkit_manifests.versions.table import ANY, FIELDS, KINDS, FieldVersion
from cdkit_manifests.versions.target import cluster_version, named_version, newest_version
from cdkit_manifests.versions.version import OLDEST, KubernetesVersion

from .bundles import application, deployment, edited, pod

FIRST = known_versions()[0]


def v(text: str) -> KubernetesVersion:
    return KubernetesVersion.parse(text)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
def test_a_kind_is_served_where_the_table_says(kind: Any) -> None:
    def served(api_version: str, version: KubernetesVersion) -> bool:
        group, _, name = api_version.rpartition("/")
        return (group, name, kind.kind) in kinds(version)

    for version in known_versions():
        assert served(kind.newest, version) is (version >= kind.since)
        assert served(kind.older, version) is (version < kind.removed)


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: f"{field.kind}-{'.'.join(field.path)}")
def test_a_field_is_in_the_schema_of_the_version_that_the_table_says(field: FieldVersion) -> None:
    version = max(field.since, FIRST)
    stable = [key for key in kinds(version) if key[2] == field.kind and key[1] in {"v1", "v2"}]
    document = definitions(version)["$defs"]
    schema = document[kinds(version)[max(stable)]]
    for step in (*(("spec",) if field.kind == "Pod" else ()), *field.path):
        schema = schema["items"] if step == ANY else schema["properties"][step]
        schema = document[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema


def budget(selector: dict[str, Any]) -> Manifest:
    spec = {"selector": selector, "unhealthyPodEvictionPolicy": "AlwaysAllow"}
    return {"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "metadata": {"name": "hello"}, "spec": spec}


def test_manifests_are_written_in_the_form_that_the_version_serves() -> None:
    selector = {"matchLabels": {"a": "b"}}
    for version, served in (("1.20", "policy/v1beta1"), ("1.21", "policy/v1"), ("1.37", "policy/v1")):
        (item,) = fit([budget(selector)], v(version)).objects
        assert item["apiVersion"] == served
    old = {**budget(selector), "apiVersion": "policy/v1beta1"}
    assert fit([old], v("1.25")).objects[0]["apiVersion"] == "policy/v1"


def test_what_would_mean_something_else_in_an_older_form_is_refused() -> None:
    (finding,) = fit([budget({})], v("1.20")).refused
    assert str(finding.field) == "PodDisruptionBudget hello, spec.selector"
    assert fit([budget({})], v("1.21")).refused == []


def test_what_only_made_something_better_is_left_out_and_said() -> None:
    fitted = fit([budget({"matchLabels": {"a": "b"}})], v("1.26"))
    assert "unhealthyPodEvictionPolicy" not in fitted.objects[0]["spec"]
    (finding,) = fitted.left_out
    assert finding.problem({}).message == (
        "PodDisruptionBudget hello, spec.unhealthyPodEvictionPolicy needs Kubernetes 1.27, and this is for 1.26: "
        "it is left out (version)."
    )


def test_what_a_version_cannot_express_is_a_clear_message() -> None:
    def change(objects: list[Manifest]) -> None:
        pod(objects)["initContainers"] = [{"name": "proxy", "image": "p", "restartPolicy": "Always"}]
        pod(objects)["containers"][0]["livenessProbe"] = {"grpc": {"port": 1}}

    objects = edited(application(), [change])
    fitted = fit(objects, v("1.20"))
    assert [str(finding.field).partition(", ")[2] for finding in fitted.refused] == [
        "spec.template.spec.containers[web].livenessProbe.grpc",
        "spec.template.spec.initContainers[proxy].restartPolicy",
    ]
    assert fitted.refused[1].problem({}).remedy == (
        "Do without it, or write for Kubernetes 1.29 or later (`kubernetes_version`)."
    )
    assert fitted.objects == objects, "nothing is taken away that is needed"
    assert fit(objects, v("1.29")).refused == []


def test_what_means_the_same_as_nothing_goes_without_a_word() -> None:
    spread = [{"topologyKey": "zone", "maxSkew": 1, "whenUnsatisfiable": "ScheduleAnyway", "minDomains": 1}]
    objects = edited(application(), [lambda found: pod(found).update(topologySpreadConstraints=spread)])
    fitted = fit(objects, v("1.20"))
    assert (fitted.left_out, fitted.refused) == ([], [])
    assert "minDomains" not in pod(fitted.objects)["topologySpreadConstraints"][0]
    assert pod(objects)["topologySpreadConstraints"] == spread, "what is given stays as it is"


@pytest.mark.parametrize("kind", sorted(TEMPLATES))
def test_fields_of_pods_are_found_in_every_kind_that_runs_some(kind: str) -> None:
    item: dict[str, Any] = {"apiVersion": "v1", "kind": kind, "metadata": {"name": "x"}}
    place = item
    for step in (*TEMPLATES[kind], "spec"):
        place = place.setdefault(step, {})
    place["os"] = {"name": "linux"}
    fitted = fit([item], v("1.20"))
    assert len(fitted.left_out) == 1
    assert place == {"os": {"name": "linux"}}


@pytest.mark.parametrize("damage", [None, [], "x", 1])
def test_what_is_no_mapping_is_left_to_the_schema(damage: Any) -> None:
    objects = edited(application(), [lambda found: deployment(found).update(spec=damage)])
    assert fit(objects, OLDEST).objects == objects


@pytest.mark.parametrize("text", ["1.29", "v1.29", "v1.29.3", "1.29+", "v1.29.3-gke.100", " 1.29 "])
def test_a_version_is_read_as_people_and_servers_write_it(text: str) -> None:
    assert named_version(text) == KubernetesVersion(1, 29)
    assert str(named_version(text)) == "1.29"


@pytest.mark.parametrize("text", ["", "1", "latest", "1.x", "1.19", "1.999", "2.0"])
def test_a_version_that_nothing_can_be_written_for_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as error:
        named_version(text)
    assert "1.29" in error.value.remedy or f"1.20 to {newest_version()}" in error.value.remedy


@pytest.mark.parametrize(
    ("answer", "version"), [("v1.20.2", v("1.20")), ("v1.999.0", newest_version()), ("v1.18.0", None), ("?", None)]
)
def test_the_cluster_decides_where_it_answers(answer: str, version: KubernetesVersion | None) -> None:
    assert cluster_version(lambda: answer) == version


def test_a_cluster_that_is_not_there_or_does_not_answer_decides_nothing() -> None:
    def nobody() -> str:
        raise ClusterUnreachable("no cluster")

    never = threading.Event()
    assert cluster_version(nobody) is None
    assert cluster_version(lambda: str(never.wait()), patience=0) is None
    never.set()
