"""Bundles written in each form; what the forms' own programs make of them is in tests/e2e/test_written_manifests.py."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cdkit.api import InvalidInput, Source
from cdkit.testing.pytest_plugin import Golden
from cdkit_manifests.bundle import Bundle
from cdkit_manifests.fields import Field
from cdkit_manifests.writers import Format
from cdkit_manifests.writers.helm.metadata import chart_version
from cdkit_manifests.writers.kustomize.json_patch import json_patch
from cdkit_manifests.writers.writer import WRITERS, files_of

from .bundles import application, bundles, deployment, edited, pod

GOLDEN = Path(__file__).parents[2] / "golden" / "writers"
REPLICAS = Field("Deployment", "hello", ("spec", "replicas"))
ORIGINS = {
    REPLICAS: Source("pyproject.toml", 4, "tool.cdkit.replicas"),
    Field("Deployment", "hello", ("spec", "template", "spec", "containers", "[web]")): Source("Procfile", 1, "web {{"),
}


def _stage(objects: list[dict[str, Any]]) -> None:
    """What an environment is likely to say differently."""
    for item in objects:
        item["metadata"]["namespace"] = "staging"
    objects[0]["metadata"]["name"] = "hello-2e"
    deployment(objects)["spec"]["replicas"] = 5
    web = pod(objects)["containers"][0]
    web["image"] = "r:5000/hello@sha256:" + "b" * 64
    web["env"].insert(1, {"name": "DEBUG", "value": "yes"})
    web["ports"].append({"name": "metrics", "containerPort": 9090})
    objects[3]["spec"]["rules"][0]["host"] = "staging.hello.example"


def bundle(**fields: Any) -> Bundle:
    staging = edited(application(), [_stage])
    debug = edited(application(), [lambda objects: pod(objects)["containers"][0]["env"][1].update(value="yes")])
    given = {"name": "hello", "objects": application(), "version": "1.2", "description": "Says: hello", **fields}
    return Bundle(**{"environments": {"staging": staging, "debug": debug}, "origins": ORIGINS, **given})


@pytest.mark.parametrize("form", sorted(WRITERS))
def test_what_is_written_is_what_people_would_write(form: Format, golden: Golden) -> None:
    files = files_of(bundle(), form)
    golden(str(GOLDEN / f"{form}.txt"), "".join(f"=== {name}\n{text}" for name, text in sorted(files.items())))


@given(bundles)
def test_plain_yaml_and_json_hold_every_value(given: Bundle) -> None:
    (plain,) = files_of(given, "yaml").values()
    assert list(yaml.load_all(plain, Loader=yaml.CSafeLoader)) == given.objects
    (listed,) = files_of(given, "json").values()
    assert json.loads(listed)["items"] == given.objects


@given(bundles)
def test_the_same_bundle_gives_the_same_files_whatever_the_order_of_its_fields(given: Bundle) -> None:
    for form in WRITERS:
        assert files_of(given, form) == files_of(given, form)
        assert all(name.isascii() and not name.startswith(("/", "..")) for name in files_of(given, form))


@given(st.text(max_size=20), st.text(max_size=20))
def test_no_name_leads_out_of_the_folder(name: str, environment: str) -> None:
    strange = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": f"../../{name}"}}
    given = Bundle(name=name, objects=[strange, strange], environments={environment: [strange]})
    for form in WRITERS:
        try:
            files = files_of(given, form)
        except InvalidInput:
            continue
        assert not [path for path in files if ".." in path.split("/") or path.startswith("/") or "\0" in path]


@pytest.mark.parametrize("form", ["kustomize", "helm"])
def test_environments_whose_names_look_alike_have_files_of_their_own(form: Format) -> None:
    environments = {"Live 1": application(), "live-1": application(), "../live": application()}
    files = files_of(bundle(environments=environments), form)
    found = {
        name.removeprefix("overlays/").removeprefix("values-").split("/")[0].removesuffix(".yaml") for name in files
    }
    assert {"live-1", "live-1-2", "live"} <= found


def test_no_comment_is_lost_where_a_value_came_from_the_project() -> None:
    (text,) = files_of(bundle(), "yaml").values()
    assert "  replicas: 2  # tool.cdkit.replicas in pyproject.toml:4\n" in text
    assert "      # web {{ in Procfile:1\n      - name: web\n" in text


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (float("nan"), "Deployment hello, spec.replicas is nan, which is no number in JSON."),
        (b"x", "Deployment hello, spec.replicas is of the type bytes, which JSON does not know."),
        ({1: 2}, "Deployment hello, spec.replicas has the key 1, which is no text."),
        ("\ud800", "Deployment hello, spec.replicas holds the sign U+D800, which the format 'yaml' cannot carry."),
    ],
)
def test_a_value_that_cannot_be_written_is_named_with_its_field(value: Any, message: str) -> None:
    objects = edited(application(), [lambda objects: deployment(objects)["spec"].update(replicas=value)])
    with pytest.raises(InvalidInput) as error:
        files_of(Bundle(name="hello", objects=objects), "yaml")
    assert error.value.message == message


def test_a_value_without_a_bottom_is_refused() -> None:
    endless: list[Any] = []
    endless.append(endless)
    objects = edited(application(), [])
    objects[0]["data"] = endless
    with pytest.raises(InvalidInput, match=r"ConfigMap hello-1f, data.* is nested more than 60 levels deep"):
        files_of(Bundle(name="hello", objects=objects), "json")


@pytest.mark.parametrize("form", ["kustomize", "helm"])
def test_a_sign_that_a_program_cannot_carry_is_refused_only_for_that_program(form: Format) -> None:
    given = bundle(description="a\x7f")
    with pytest.raises(InvalidInput, match="The application's description holds the sign U\\+007F"):
        files_of(given, form)
    assert files_of(given, "yaml")


def test_a_chart_says_when_helm_could_not_merge_the_values_of_environments() -> None:
    def mixed(objects: list[dict[str, Any]]) -> None:
        objects[-1]["spec"]["list"] = {"a": 1}

    with pytest.raises(InvalidInput, match=r"thing\.t\.list of the Helm chart is a mapping in one environment only"):
        files_of(bundle(environments={"odd": edited(application(), [mixed])}), "helm")


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("1.2.3", "1.2.3"),
        ("v1.2", "1.2.0"),
        ("1.2rc1", "1.2.0-rc1"),
        ("2024.01.05", "2024.1.5"),
        ("1.0.dev3+local.01", "1.0.0-dev3+local.1"),
        ("1.2.3.4", "1.2.3-4"),
        ("1.2-SNAPSHOT", "1.2.0-SNAPSHOT"),
        ("", "0.1.0"),
        ("main", "0.1.0"),
        ("1:2\n3", "1.0.0-2.3"),
    ],
)
def test_any_version_becomes_one_that_a_chart_can_have(text: str, version: str) -> None:
    assert chart_version(text) == version


@pytest.mark.parametrize(
    ("base", "wanted", "patch"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a/b~": 1}, {}, [{"op": "remove", "path": "/a~1b~0"}]),
        ({"a": [1, 2, 3]}, {"a": [1]}, [{"op": "remove", "path": "/a/2"}, {"op": "remove", "path": "/a/1"}]),
        ([1], [2, 3], [{"op": "replace", "path": "/0", "value": 2}, {"op": "add", "path": "/-", "value": 3}]),
        ({"a": 1}, {"a": True}, [{"op": "replace", "path": "/a", "value": True}]),
    ],
)  # fmt: skip
def test_a_json_patch_says_the_difference(base: Any, wanted: Any, patch: list[Any]) -> None:
    assert list(json_patch(base, wanted)) == patch
