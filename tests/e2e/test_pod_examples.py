"""The examples of test pods as they are, on the cluster and on the engine; only the images are made here."""

from __future__ import annotations

import secrets
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.real_world import given

from .conftest import Finished, Project

EXAMPLES = Path(__file__).parents[2] / "pipeline-examples"
RUNTIMES = ("kubernetes", "docker")
PNG = b"\x89PNG\r\n\x1a\n"


def run(project: Project, example: str, runtime: str, namespace: str, **variables: str) -> Finished:
    """Run an example in a checkout of its own; on the engine as somebody without a cluster would."""
    checkout = project.folder / "pipeline-examples"
    for folder in {example, "hello"}:
        shutil.copytree(EXAMPLES / folder, checkout / folder, ignore=shutil.ignore_patterns(".cdkit", "__pycache__"))
    subprocess.run(["git", "init", "--quiet", str(project.folder)], check=True)
    project.folder = checkout / example
    text = (project.folder / "cdkit.yaml").read_text(encoding="utf-8")
    project.write(text.replace("steps:", f"environments:\n  test: {{namespace: {namespace}}}\n\nsteps:", 1))
    if runtime == "docker":
        del project.environ["KUBECONFIG"]
    settings = [part for name, value in variables.items() for part in ("--set", f"{name}={value}")]
    finished = project.cdkit("run", "--set", f"helper={given('CDKIT_TEST_HELPER')}", *settings)
    assert finished.code == 0, finished.text
    return finished


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_unit_tests_run_in_a_container_and_their_coverage_comes_out(
    deployable: Project, namespace: str, base: str, runtime: str
) -> None:
    finished = run(deployable, "unit-tests", runtime, namespace, python=base)
    outputs = finished.result("unit-tests")["outputs"]
    assert (outputs["tests"], outputs["failed"], outputs["verdict"]) == (4, 0, "passed")
    reports = deployable.folder / outputs["artifacts"] / "reports"
    assert (reports / "unit.xml").exists()
    assert 'line-rate="1"' in (reports / "coverage.xml").read_text(encoding="utf-8")


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_integration_tests_have_a_real_redis_and_a_real_postgresql(
    deployable: Project, namespace: str, base: str, runtime: str
) -> None:
    services = {"redis": given("CDKIT_TEST_REDIS"), "postgres": given("CDKIT_TEST_POSTGRES")}
    finished = run(deployable, "integration-tests", runtime, namespace, python=base, **services)
    assert finished.result("integration-tests")["outputs"]["tests"] == 3
    assert "database system is ready to accept connections" in finished.out


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_acceptance_tests_see_the_service_in_a_real_browser_and_keep_the_picture(
    deployable: Project, namespace: str, base: str, registry: str, runtime: str
) -> None:
    own = f"{registry}/t{secrets.token_hex(4)}"
    browser = given("CDKIT_TEST_BROWSER")
    finished = run(deployable, "acceptance-tests", runtime, namespace, base=base, registry=own, browser=browser)
    outputs = finished.result("acceptance-tests")["outputs"]
    picture = (deployable.folder / outputs["artifacts"] / "pictures" / "greeting.png").read_bytes()
    assert picture.startswith(PNG)
    assert len(picture) > 2000
