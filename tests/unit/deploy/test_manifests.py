"""Manifests are read and put into the order in which they are applied."""

from __future__ import annotations

from pathlib import Path

import pytest

from cdkit.api import InvalidInput
from cdkit_deploy.manifests import read_manifests
from cdkit_deploy.workloads import workloads_of


def document(kind: str, name: str = "x", extra: str = "") -> str:
    return f"---\napiVersion: v1\nkind: {kind}\nmetadata: {{name: {name}{extra}}}\n"


def kinds(folder: Path, text: str) -> list[str]:
    path = folder / "m.yaml"
    path.write_text(text, encoding="utf-8")
    return [item["kind"] for item in read_manifests(path, "default")]


def test_what_others_refer_to_comes_first_and_what_leads_traffic_comes_last(tmp_path: Path) -> None:
    given = ["Ingress", "Deployment", "Service", "Widget", "Secret", "ConfigMap", "Namespace", "Job", "ServiceAccount"]
    assert kinds(tmp_path, "".join(map(document, given))) == [
        "Namespace",
        "ServiceAccount",
        "Secret",
        "ConfigMap",
        "Service",
        "Widget",
        "Deployment",
        "Job",
        "Ingress",
    ]


def test_objects_of_one_kind_keep_the_order_of_the_files_and_files_that_of_their_names(tmp_path: Path) -> None:
    (tmp_path / "b.yml").write_text(document("ConfigMap", "three") + document("ConfigMap", "four"), encoding="utf-8")
    (tmp_path / "a.yaml").write_text(document("ConfigMap", "one") + document("ConfigMap", "two"), encoding="utf-8")
    (tmp_path / "notes.txt").write_text("no manifest", encoding="utf-8")
    names = [item["metadata"]["name"] for item in read_manifests(tmp_path, "default")]
    assert names == ["one", "two", "three", "four"]


def test_an_object_without_a_namespace_goes_to_ours_unless_it_has_none_by_nature(tmp_path: Path) -> None:
    text = document("ConfigMap") + document("ConfigMap", "y", ", namespace: other") + document("ClusterRole")
    text += document("ConfigMap", "z", ", namespace: ''")
    (tmp_path / "m.yaml").write_text(text, encoding="utf-8")
    found = {item["metadata"]["name"]: item["metadata"] for item in read_manifests(tmp_path / "m.yaml", "ours")}
    assert {name: metadata.get("namespace") for name, metadata in found.items() if name != "x"} == {
        "y": "other",
        "z": "ours",
    }
    by_kind = {item["kind"]: item["metadata"].get("namespace") for item in read_manifests(tmp_path / "m.yaml", "ours")}
    assert by_kind["ClusterRole"] is None


def test_a_list_is_taken_apart_and_empty_documents_are_nothing(tmp_path: Path) -> None:
    text = "---\n---\n# only a remark\n---\napiVersion: v1\nkind: List\nitems:\n"
    text += "".join(f"- {{apiVersion: v1, kind: {kind}, metadata: {{name: x}}}}\n" for kind in ("Pod", "Secret"))
    assert kinds(tmp_path, text) == ["Secret", "Pod"]


def test_a_date_stays_text_for_json_knows_none(tmp_path: Path) -> None:
    text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {day: 2024-01-02, time: 2024-01-02T03:04:05Z}\n"
    (tmp_path / "m.yaml").write_text(text, encoding="utf-8")
    (item,) = read_manifests(tmp_path / "m.yaml", "default")
    assert item["data"] == {"day": "2024-01-02", "time": "2024-01-02T03:04:05Z"}


def test_workloads_are_those_that_run_pods(tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text(
        "".join(map(document, ["Job", "Deployment", "Service", "DaemonSet", "Pod"])), encoding="utf-8"
    )
    found = workloads_of(read_manifests(tmp_path / "m.yaml", "default"))
    assert [item["kind"] for item in found] == ["Job", "Deployment", "DaemonSet", "Pod"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "There are no manifests in "),
        ("---\n", "There are no manifests in "),
        ("a: [\n", "are not YAML: line 2, column 1: did not find expected node content."),
        ("a: correct: horse\n", "are not YAML: line 1, column 11: mapping values are not allowed in this context."),
        ("a: 2024-99-99x\nb: !!int horse\n", "are not YAML: a value is not of the type that its tag names."),
        ("a: !Ref horse\n", "are not YAML: line 1, column 4: could not determine a constructor for the tag '!Ref'."),
        ("a: \x07\n", "are not YAML: control characters are not allowed."),
        ("[" * 600, "are not YAML: "),
        ("text\n", "is not a Kubernetes object: it needs apiVersion, kind and metadata.name."),
        ("kind: List\nitems: 5\n", "is not a Kubernetes object: "),
        ("kind: Pod\nmetadata: {name: x}\n", "is not a Kubernetes object: "),
        ("apiVersion: v1\nkind: Pod\nmetadata: {name: 5}\n", "is not a Kubernetes object: "),
        ("apiVersion: v1\nkind: Pod\nmetadata:\n", "is not a Kubernetes object: "),
    ],
)
def test_what_is_no_manifest_is_told(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        kinds(tmp_path, text)
    assert message in caught.value.message
    assert "\n" not in caught.value.message
    assert "horse" not in caught.value.message, "it may be a secret"


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="cannot be read: No such file or directory"):
        read_manifests(tmp_path / "none.yaml", "default")


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="There are no manifests in"):
        read_manifests(tmp_path, "default")


def test_an_object_that_is_there_twice_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="ConfigMap x in namespace default is more than once in"):
        kinds(tmp_path, document("ConfigMap") + document("ConfigMap", "x", ", namespace: default"))
    assert kinds(tmp_path, document("ConfigMap") + document("ConfigMap", "x", ", namespace: other"))


def test_what_an_alias_shares_with_an_object_stays_as_it_is_elsewhere(tmp_path: Path) -> None:
    text = """
apiVersion: v1
kind: Pod
metadata: &web {name: web}
spec: {containers: [{name: web, image: web, envFrom: [{secretRef: *web}]}]}
"""
    (tmp_path / "m.yaml").write_text(text, encoding="utf-8")
    (item,) = read_manifests(tmp_path / "m.yaml", "team")
    assert item["metadata"] == {"name": "web", "namespace": "team"}
    assert item["spec"]["containers"][0]["envFrom"] == [{"secretRef": {"name": "web"}}]
