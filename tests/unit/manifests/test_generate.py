"""The step as a whole: from a project's folder to a file of manifests."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
import yaml

from cdkit.api import Build, Environment, EnvVar, Manifest, Port, Probe
from cdkit.testing import FakeCluster, FakeWorld, StepRun, run_step
from cdkit.testing.pytest_plugin import Golden
from cdkit_manifests.generate import GenerateManifests
from cdkit_manifests.writers import plain
from tests.unit.manifests.drafts import IMAGE, make_draft

GOLDEN = Path(__file__).parents[2] / "golden"
PROJECT = '[project]\nname = "My.App"\nversion = "1.10"\n'


def generate(folder: Path, files: dict[str, str] | None = None, environment: str = "", **options: object) -> StepRun:
    """Run the step on a folder with some files."""
    for name, text in (files or {"pyproject.toml": PROJECT, "Dockerfile": "FROM x\nEXPOSE 8080\nUSER 1000\n"}).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    given = {"image": IMAGE, "output": "out/m.yaml", **options}
    return run_step(GenerateManifests, given, workspace=folder, environment=Environment(environment))


def written(folder: Path) -> dict[str, Manifest]:
    """The objects that were written, by kind."""
    return {item["kind"]: item for item in yaml.safe_load_all((folder / "out/m.yaml").read_text(encoding="utf-8"))}


def test_a_web_service_with_all_its_facts(golden: Golden) -> None:
    build = Build(commit="c0ffee", branch="main", repository="team/hello", url="https://ci.example/7")
    health = Probe(kind="http", path="/health")
    facts = {
        "version": "1.2.0+local",
        "description": "Says hello: to all.",
        "license": "MIT",
        "user": 1000,
        "ports": (Port(8080),),
        "liveness": health,
        "readiness": health,
        "env": (EnvVar("MODE", "live"), EnvVar("DEBUG", "no")),
    }
    made = make_draft("replicas: 2\ndomain: hello.example", facts=facts, build=build)
    assert made.warnings == []
    golden(str(GOLDEN / "manifests-web-service.yaml"), plain.write(made.in_apply_order))


def test_an_application_of_which_nothing_is_known(golden: Golden) -> None:
    made = make_draft()
    assert [warning.partition(",")[0] for warning in made.warnings] == ["The image names no user"]
    golden(str(GOLDEN / "manifests-bare.yaml"), plain.write(made.in_apply_order))


def test_text_that_looks_like_something_else_stays_text_in_the_file(tmp_path: Path) -> None:
    env = {"A": "no", "B": "1.50", "C": "2024-01-01", "D": "a: b"}
    assert generate(tmp_path, env=env).error is None
    deployment = written(tmp_path)["Deployment"]
    container = deployment["spec"]["template"]["spec"]["containers"][0]
    assert {item["name"]: item["value"] for item in container["env"]} == env
    assert deployment["metadata"]["labels"]["app.kubernetes.io/version"] == "1.10"


def test_the_step_writes_a_file_and_says_where_each_fact_comes_from(tmp_path: Path) -> None:
    done = generate(tmp_path)
    assert (done.outputs.name, done.outputs.path) == ("my-app", str(tmp_path / "out/m.yaml"))
    assert done.outputs.objects == ["serviceaccount/my-app", "service/my-app", "deployment/my-app"]
    assert "name My.App <- project.name in pyproject.toml:2" in done.lines
    assert [change.subject for change in done.changes] == ["ServiceAccount my-app, Service my-app, Deployment my-app"]
    assert list(written(tmp_path)) == ["ServiceAccount", "Service", "Deployment"]


def test_options_win_over_the_environment_and_that_over_the_project(tmp_path: Path) -> None:
    own = (
        "name: shop\nmanifests: {replicas: 2, env: {A: project, B: project, C: project}}\n"
        "environments: {live: {manifests: {replicas: 5, env: {A: live, B: live}}}, test: {}}\nsteps: {}\n"
    )
    files = {"pyproject.toml": PROJECT + '[tool.cdkit]\nport = 9000\nname = "other"\n', "cdkit.yaml": own}
    assert generate(tmp_path, files, "live", env={"A": "option"}, name="mine").error is None
    deployment = written(tmp_path)["Deployment"]
    container = deployment["spec"]["template"]["spec"]["containers"][0]
    assert deployment["metadata"]["name"] == "mine"
    assert deployment["spec"]["replicas"] == 5
    assert {item["name"]: item["value"] for item in container["env"]} == {"A": "option", "B": "live", "C": "project"}
    assert container["ports"][0]["containerPort"] == 9000


def test_a_file_with_secrets_is_for_its_owner_alone(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/m.yaml").touch(mode=0o644)
    done = generate(tmp_path, secrets={"key": {"values": {"TOKEN": "hunter2"}}}, explain=True)
    assert stat.S_IMODE((tmp_path / "out/m.yaml").stat().st_mode) == 0o600
    assert "hunter2" not in "\n".join(done.lines)


def test_explain_tells_facts_settings_enrichers_and_fields(tmp_path: Path) -> None:
    lines = generate(tmp_path, explain=True, replicas=3, enrichers={"exclude": ["budget"]}).lines
    assert [line for line in lines if not line.startswith(" ")] == ["Facts:", "Settings:", "Enrichers:", "Fields:"]
    told = [" ".join(line.split()) for line in lines]
    assert "name My.App project.name in pyproject.toml:2 declared pyproject" in told
    assert "replicas 3 replicas in the options" in told
    assert "budget left out a PodDisruptionBudget" in told
    assert "Deployment my-app, spec.replicas replicas in the options" in told


def test_without_an_output_the_file_is_with_the_run(tmp_path: Path) -> None:
    done = generate(tmp_path, output="")
    assert done.outputs.path == str(tmp_path / ".cdkit/runs/20260101T000000-test/generate-manifests/manifests.yaml")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('[project]\nname = "é"\n', "'é' (project.name in pyproject.toml:2) has no letter or digit"),
        ("[project\n", "pyproject.toml:1:9: It is not TOML"),
        ("[tool.cdkit]\nprot = 1\n", "pyproject.toml:2:1: 'prot' is not known here. Did you mean 'port'?"),
        ('[tool.cdkit]\nname = "My App"\n', "'My App' (name in pyproject.toml:2) cannot be the name of objects"),
    ],
)
def test_what_says_too_little_is_found_before_the_run(tmp_path: Path, text: str, problem: str) -> None:
    (found,) = generate(tmp_path, {"pyproject.toml": text}).problems
    assert problem in str(found)


def test_a_project_of_which_nothing_is_known_says_what_was_looked_for(tmp_path: Path) -> None:
    (found,) = generate(tmp_path, {"notes.txt": ""}).problems
    assert "The project has no name to give to its objects" in str(found)
    assert "pyproject.toml" in str(found)


def test_a_project_folder_that_is_not_there_is_found_before_the_run(tmp_path: Path) -> None:
    (found,) = generate(tmp_path, project="nope").problems
    assert found.message == "The project folder of 'generate-manifests' does not exist: nope"


def deployed(selector: dict[str, str]) -> FakeWorld:
    """A cluster in which the application runs already."""
    cluster = FakeCluster()
    template = {"metadata": {"labels": selector}, "spec": {"containers": [{"name": "x", "image": "x"}]}}
    spec = {"selector": {"matchLabels": selector}, "template": template}
    cluster.create({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "my-app"}, "spec": spec})
    return FakeWorld(cluster=cluster)


@pytest.mark.parametrize(("selector", "count"), [({"app": "my-app"}, 1), ({"app.kubernetes.io/name": "my-app"}, 0)])
def test_a_selector_that_is_another_one_in_the_cluster_is_found(
    tmp_path: Path, selector: dict[str, str], count: int
) -> None:
    (tmp_path / "pyproject.toml").write_text(PROJECT, encoding="utf-8")
    done = run_step(GenerateManifests, {"image": IMAGE}, workspace=tmp_path, world=deployed(selector))
    assert len(done.problems) == count
    if count:
        assert done.problems[0].message == (
            "The Deployment my-app in the cluster finds its pods by app=my-app, and that cannot become "
            "app.kubernetes.io/name=my-app."
        )


def test_the_selector_of_the_cluster_can_be_kept_by_a_fragment(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": PROJECT,
        "k8s/deployment.yaml": "spec: {selector: {matchLabels: {$patch: replace, app: my-app}}}\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    world = deployed({"app": "my-app"})
    done = run_step(GenerateManifests, {"image": IMAGE, "output": "out/m.yaml"}, workspace=tmp_path, world=world)
    assert done.problems == []
    labels = written(tmp_path)["Deployment"]["spec"]["template"]["metadata"]["labels"]
    assert (labels["app"], labels["app.kubernetes.io/name"]) == ("my-app", "my-app")
