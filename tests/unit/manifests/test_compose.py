"""From facts to manifests; the whole text is a golden file."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from cdkit.api import Build, Fact, Project, Source
from cdkit.testing import run_step
from cdkit.testing.pytest_plugin import Golden
from cdkit_manifests.compose import compose
from cdkit_manifests.draft import Draft, Wish
from cdkit_manifests.generate import GenerateManifests
from cdkit_manifests.writers import plain

GOLDEN = Path(__file__).parents[2] / "golden"
IMAGE = "registry.example:5000/hello@sha256:" + "a" * 64


def project(**facts: object) -> Project:
    return Project.of(Fact(name, value, Source(note="test")) for name, value in facts.items())


def draft(build: Build | None = None, **wish: object) -> Draft:
    given = {"name": "hello", "image": IMAGE, "project": project(), "build": build or Build(), **wish}
    return compose(Wish(**given))  # type: ignore[arg-type]


def test_a_web_service_with_all_its_facts(golden: Golden) -> None:
    build = Build(commit="c0ffee", branch="main", repository="team/hello", url="https://ci.example/7")
    facts = project(version="1.2.0+local", description="Says hello: to all.", license="MIT", user=1000)
    made = draft(build, project=facts, port=8080, health="/health", replicas=2, env={"MODE": "live", "DEBUG": "no"})
    assert made.warnings == []
    golden(str(GOLDEN / "manifests-web-service.yaml"), plain.write(made.in_apply_order))


def test_an_application_of_which_nothing_is_known(golden: Golden) -> None:
    made = draft()
    assert made.warnings == [
        "No port is known, so no Service is made; say `port` in `[tool.cdkit]`, or EXPOSE in the Dockerfile.",
        "No port is known, so no probe is written: a pod counts as ready once it has started.",
        "The Dockerfile names no numeric USER, so the container may run as root.",
    ]
    golden(str(GOLDEN / "manifests-bare.yaml"), plain.write(made.in_apply_order))


def test_without_a_health_path_the_probe_sees_whether_the_port_is_open() -> None:
    made = draft(port=80)
    assert made.container.value["readinessProbe"]["tcpSocket"] == {"port": "http"}
    assert "No health path is known, so the probe only sees whether the port is open." in made.warnings


def test_one_draft_does_not_write_into_another() -> None:
    draft()
    assert len(draft().warnings) == 3


def test_the_pod_template_does_not_change_with_the_commit() -> None:
    one, two = (draft(Build(commit=commit), port=80).workload.value["spec"] for commit in ("a", "b"))
    assert one == two


def test_the_selector_does_not_change_with_the_version() -> None:
    one, two = (draft(project=project(version=version), port=80) for version in ("1", "2"))
    assert one.workload.value["spec"]["selector"] == two.workload.value["spec"]["selector"]
    service = one.find("Service", "hello")
    assert service is not None
    assert service.value["spec"]["selector"] == one.workload.value["spec"]["selector"]["matchLabels"]


def test_text_that_looks_like_something_else_stays_text_in_the_file() -> None:
    made = draft(project=project(version="1.10"), env={"A": "no", "B": "1.50", "C": "2024-01-01", "D": "a: b"})
    (deployment,) = yaml.safe_load_all(plain.write(made.in_apply_order))
    container = deployment["spec"]["template"]["spec"]["containers"][0]
    assert [item["value"] for item in container["env"]] == ["no", "1.50", "2024-01-01", "a: b"]
    assert deployment["metadata"]["labels"]["app.kubernetes.io/version"] == "1.10"


def test_the_step_writes_a_file_and_says_where_each_fact_comes_from(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "My.App"\n', encoding="utf-8")
    (tmp_path / "Dockerfile").write_text("FROM x\nEXPOSE 80\n", encoding="utf-8")
    done = run_step(GenerateManifests, {"image": IMAGE, "output": "out/m.yaml"}, workspace=tmp_path)
    assert (done.outputs.name, done.outputs.path) == ("my-app", str(tmp_path / "out/m.yaml"))
    assert done.lines == ["name My.App <- project.name in pyproject.toml", "ports 80 <- EXPOSE in Dockerfile:2"]
    assert [str(change.subject) for change in done.changes] == ["Service my-app, Deployment my-app"]
    assert [item["kind"] for item in yaml.safe_load_all((tmp_path / "out/m.yaml").read_text(encoding="utf-8"))] == [
        "Service",
        "Deployment",
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (None, "The project has no name to give to its objects: pyproject.toml has no `project.name`."),
        ('[project]\nname = "é"\n', "The project has no name to give to its objects: 'é' has no letter or digit."),
        ("[project\n", "pyproject.toml cannot be read: "),
    ],
)
def test_metadata_that_says_too_little_is_found_before_the_run(tmp_path: Path, text: str | None, problem: str) -> None:
    if text:
        (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    (found,) = run_step(GenerateManifests, {"image": IMAGE}, workspace=tmp_path).problems
    assert problem in str(found)


def test_a_project_folder_that_is_not_there_is_found_before_the_run(tmp_path: Path) -> None:
    (found,) = run_step(GenerateManifests, {"image": IMAGE, "project": "nope"}, workspace=tmp_path).problems
    assert found.message == "The project folder of 'generate-manifests' does not exist: nope"
