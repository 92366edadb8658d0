"""The step's last part: manifests for a version, checked, in the form that was asked for."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from cdkit.api import Build, Environment, Manifest
from cdkit.testing import StepRun, run_step
from cdkit_manifests.generate import GenerateManifests

from .drafts import IMAGE

PROJECT = """
[project]
name = "hello"
version = "1.2"

[tool.cdkit]
port = 8080
replicas = 2

[tool.cdkit.environments.staging]
namespace = "staging"
replicas = 3

[tool.cdkit.environments.live]
env = {MODE = "live"}
"""


def generate(folder: Path, build: Build | None = None, environment: str = "", **options: Any) -> StepRun:
    (folder / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
    given = {"image": IMAGE, "output": "out", "kubernetes_version": "1.37", **options}
    place = Environment(environment)
    return run_step(GenerateManifests, given, workspace=folder, build=build or Build(), environment=place)


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def objects(path: Path) -> dict[str, Manifest]:
    return {item["kind"]: item for item in yaml.safe_load_all(path.read_text(encoding="utf-8"))}


def test_plain_manifests_are_those_of_the_run_s_environment_with_their_origins(tmp_path: Path) -> None:
    assert generate(tmp_path, environment="staging").error is None
    text = (tmp_path / "out").read_text(encoding="utf-8")
    assert "  replicas: 3  # replicas in pyproject.toml:12\n" in text
    assert objects(tmp_path / "out")["Deployment"]["metadata"]["namespace"] == "staging"


def test_a_list_in_json(tmp_path: Path) -> None:
    done = generate(tmp_path, format="json")
    listed = json.loads((tmp_path / "out").read_text(encoding="utf-8"))
    assert [f"{item['kind'].lower()}/{item['metadata']['name']}" for item in listed["items"]] == done.outputs.objects


def test_a_kustomize_tree_has_all_environments(tmp_path: Path) -> None:
    assert generate(tmp_path, format="kustomize", environment="staging").error is None
    overlays = [name for name in names(tmp_path / "out") if name.startswith("overlays")]
    assert overlays == [
        "overlays/live/deployment-hello.patch.yaml",
        "overlays/live/kustomization.yaml",
        "overlays/staging/kustomization.yaml",
    ]
    staging = yaml.safe_load((tmp_path / "out/overlays/staging/kustomization.yaml").read_text(encoding="utf-8"))
    assert staging["namespace"] == "staging"
    assert staging["replicas"] == [{"name": "hello", "count": 3}]


def test_a_chart_has_a_values_file_for_each_environment(tmp_path: Path) -> None:
    assert generate(tmp_path, format="helm").error is None
    live, staging = (yaml.safe_load((tmp_path / f"out/values-{name}.yaml").read_text()) for name in ("live", "staging"))
    assert live["deployment"]["hello"]["containers"]["hello"]["env"] == [{"name": "MODE", "value": "live"}]
    assert staging == {"namespace": "staging", "deployment": {"hello": {"replicas": 3}}}


def test_files_that_are_not_made_any_more_are_removed_and_named(tmp_path: Path) -> None:
    (tmp_path / "k8s").mkdir()
    (tmp_path / "k8s" / "configmap.yaml").write_text("data: {a: b}\n", encoding="utf-8")
    generate(tmp_path, format="helm")
    (tmp_path / "k8s" / "configmap.yaml").unlink()
    done = generate(tmp_path, format="helm")
    assert "removed templates/configmap-hello.yaml, which an earlier generation had made" in done.lines


def test_manifests_are_written_for_the_version_that_is_named(tmp_path: Path) -> None:
    generate(tmp_path, kubernetes_version="1.20")
    assert objects(tmp_path / "out")["PodDisruptionBudget"]["apiVersion"] == "policy/v1beta1"
    (problem,) = generate(tmp_path, kubernetes_version="1.19").problems
    assert str(problem).startswith("Manifests cannot be written for Kubernetes 1.19. Say a version from 1.20 to ")


def test_what_is_wrong_is_found_before_the_run_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "k8s").mkdir()
    fragment = "spec:\n  ports:\n  - {port: 81, targetPort: nobody, name: extra}\n"
    (tmp_path / "k8s" / "service.yaml").write_text(fragment, encoding="utf-8")
    (problem,) = generate(tmp_path).problems
    assert problem.message == (
        "Service hello, spec.ports[81].targetPort is 'nobody', and the pods have 'http' (service-port)."
    )
    assert str(problem.position) == "k8s/service.yaml:3:1"
    assert not (tmp_path / "out").exists()
    assert generate(tmp_path, rules_off=["service-port"]).error is None


@pytest.mark.parametrize(
    ("options", "allowed"),
    [
        ({}, True),
        ({"release": True}, False),
        ({"environment": "live"}, False),
        ({"environment": "live", "release": False}, True),
        ({"build": Build(tag="v1")}, False),
    ],
)
def test_an_image_that_may_change_is_refused_in_a_release(
    tmp_path: Path, options: dict[str, Any], allowed: bool
) -> None:
    problems = generate(tmp_path, image="registry.example/hello:latest", **options).problems
    assert ("pinned-image" not in str(problems)) is allowed


def test_to_know_the_step_takes_its_options_and_nothing_else() -> None:
    program = (
        "import sys, cdkit_manifests.generate; print(*(name for name in sys.modules if name.startswith('cdkit_man')))"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    rooms = {name.split(".")[1] for name in ended.stdout.split() if "." in name}
    assert rooms == {"generate", "options", "settings", "writers"}
