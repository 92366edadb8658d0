"""The Jenkinsfiles as they are pasted, and the shared library, run by groovy; `sh` really runs its command."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cdkit.clients.kube.cluster import KubernetesCluster
from cdkit.models.kube import ObjectRef

from .conftest import EXAMPLES, REPOSITORY, Checkout

PLAY = Path(__file__).parent / "jenkins" / "play.groovy"
SERVER = {"JENKINS_URL": "https://jenkins.example.org/", "BUILD_ID": "7", "BUILD_NUMBER": "7", "BRANCH_NAME": "main"}


class Build(msgspec.Struct, frozen=True):
    """How a build ended.

    Attributes:
        result: what Jenkins shows.
        stages: the result of each stage.
        calls: the steps that were called, in their order.
        log: what a person reads.
    """

    result: str
    stages: dict[str, str]
    calls: list[dict[str, Any]]
    log: str

    def called(self, step: str) -> list[dict[str, Any]]:
        """The calls of one step."""
        return [call for call in self.calls if call["step"] == step]


class Jenkins:
    """A controller whose library is this repository."""

    def __init__(self, checkout: Checkout, tools: Path) -> None:
        self.checkout = checkout
        self._groovy = str(tools / "bin" / "groovy")

    def example(self, name: str, **environ: str) -> Build:
        """The build of one of the Jenkinsfiles."""
        shutil.copy(EXAMPLES / "jenkins" / f"{name}.Jenkinsfile", self.checkout.folder / "Jenkinsfile")
        return self._build(**environ)

    def script(self, text: str) -> Build:
        """The build of a Jenkinsfile."""
        (self.checkout.folder / "Jenkinsfile").write_text(text, encoding="utf-8")
        return self._build()

    def _build(self, **environ: str) -> Build:
        report = self.checkout.folder.with_name("build.json")
        command = [self._groovy, str(PLAY), "Jenkinsfile", str(REPOSITORY / "vars"), str(report)]
        ended = self.checkout.run(*command, **SERVER, **environ)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return msgspec.convert(json.loads(report.read_text(encoding="utf-8")), Build)


@pytest.fixture
def jenkins(checkout: Checkout, tools: Path) -> Jenkins:
    """A controller, and a checkout whose pipelines only say where they would deliver to."""
    checkout.stand_in()
    return Jenkins(checkout, tools)


def write_steps(jenkins: Jenkins, steps: str) -> None:
    (jenkins.checkout.folder / "cdkit.yaml").write_text(f"name: shop\nsteps:\n{steps}", encoding="utf-8")


hello = pytest.mark.parametrize("checkout", ["hello"], indirect=True)


@hello
def test_hello_is_run_and_its_reports_are_handed_to_jenkins(jenkins: Jenkins) -> None:
    build = jenkins.example("hello")
    assert build.result == "SUCCESS"
    assert "say │ delivered to nowhere" in build.log
    (tests,) = build.called("junit")
    assert 'classname="hello" name="say"' in tests["found"]
    assert build.called("archiveArtifacts")[0]["artifacts"] == ".cdkit/reports/**"


@pytest.mark.parametrize("checkout", ["monorepo"], indirect=True)
def test_each_service_of_a_monorepo_is_a_branch_and_reaches_the_cluster(
    checkout: Checkout, tools: Path, kubeconfig: str, registry: str, base: str, namespace: str,
    real_cluster: KubernetesCluster,
) -> None:  # fmt: skip
    checkout.replace(registry=f"{registry}/{namespace}", base=base)
    checkout.deliver_to(namespace)
    build = Jenkins(checkout, tools).example("monorepo", KUBECONFIG=kubeconfig)
    assert build.result == "SUCCESS", build.log
    assert [call["stage"] for call in build.called("junit")] == ["shop", "worker"]
    for service in ("shop", "worker"):
        assert real_cluster.get(ObjectRef("apps/v1", "Deployment", service, namespace))


@pytest.mark.parametrize("checkout", ["promotion"], indirect=True)
def test_production_comes_behind_the_approval_each_with_its_own_credentials(jenkins: Jenkins) -> None:
    build = jenkins.example("promotion")
    assert build.result == "SUCCESS", build.log
    assert [call["stage"] for call in build.calls if call["step"] in {"sh", "input"}] == [
        "staging",
        "approval",
        "production",
    ]
    bound = [call["bindings"][0]["credentialsId"] for call in build.called("withCredentials")]
    assert bound == ["staging-cluster", "production-cluster"]
    assert "delivered to production" in build.log


@hello
def test_secrets_come_by_credentials_and_stay_out_of_the_log(jenkins: Jenkins) -> None:
    write_steps(jenkins, "  say: {uses: run, with: {script: 'echo token: $TOKEN'}}\n")
    build = jenkins.script("cdkit(credentials: [TOKEN: 'registry-token'])")
    assert "token: ****" in build.log
    assert "secret of registry-token" not in build.log


@hello
def test_settings_are_handed_on_whole_and_no_shell_reads_them(jenkins: Jenkins) -> None:
    build = jenkins.script("""cdkit(step: 'run', command: ['echo', 'a, b', '$(id) "c"'])""")
    assert build.result == "SUCCESS", build.log
    assert """run │ a, b $(id) "c\"""" in build.log


@hello
def test_every_step_is_a_stage_with_its_own_log_and_result(jenkins: Jenkins) -> None:
    write_steps(
        jenkins,
        "  good: {uses: run, with: {command: [echo, fine]}}\n"
        "  shaky: {uses: run, continue-on-error: true, with: {command: [sh, -c, 'echo odd; exit 3']}}\n"
        "  bad: {uses: run, needs: [good], with: {command: [sh, -c, 'echo broken; exit 3']}}\n"
        "  never: {uses: run, needs: [bad], with: {command: [echo, late]}}\n",
    )
    build = jenkins.script("cdkit.stages()")
    assert build.result == "FAILURE"
    assert build.stages == {
        "cdkit": "SUCCESS",
        "good": "SUCCESS",
        "shaky": "UNSTABLE",
        "bad": "FAILURE",
        "never": "SUCCESS",
    }
    assert "cdkit: the work itself failed: a test, a build, a command (exit code 1)" in build.log


@hello
@pytest.mark.parametrize(
    ("settings", "result"), [("", "FAILURE"), ("unstable: [1, 8]", "UNSTABLE"), ("unstable: []", "FAILURE")]
)
def test_exit_codes_that_make_a_build_unstable_can_be_chosen(jenkins: Jenkins, settings: str, result: str) -> None:
    write_steps(jenkins, "  test: {uses: run, with: {command: ['false']}}\n")
    assert jenkins.script(f"cdkit({settings})").result == result


@hello
def test_a_run_that_was_cancelled_makes_the_build_aborted(jenkins: Jenkins) -> None:
    program = jenkins.checkout.folder / "my cdkit"
    program.write_text("#!/bin/sh\nexit 143\n", encoding="utf-8")
    program.chmod(0o755)
    build = jenkins.script("cdkit(program: './my cdkit')")
    assert build.result == "ABORTED"
    assert "cancelled (exit code 143)" in build.log


@pytest.mark.parametrize("checkout", ["promotion"], indirect=True)
def test_an_environment_that_was_not_approved_makes_the_build_unstable_and_shows_no_stages(jenkins: Jenkins) -> None:
    build = jenkins.script("cdkit.stages(env: 'production')")
    assert build.result == "UNSTABLE"
    assert build.stages == {"cdkit": "SUCCESS"}
    assert "refused: a newer or another deployment holds the environment" in build.log


@hello
def test_the_reports_of_an_earlier_build_are_not_taken_for_those_of_this_one(jenkins: Jenkins) -> None:
    jenkins.example("hello")
    write_steps(jenkins, "  test: {uses: ruin}\n")
    build = jenkins.script("cdkit.stages()")
    assert build.result == "FAILURE"
    assert build.called("junit")[0]["found"] == ""
    assert build.stages == {"cdkit": "SUCCESS"}


@hello
def test_a_plain_shell_call_works_as_well(jenkins: Jenkins) -> None:
    build = jenkins.script("node { checkout scm; sh 'cdkit run' }")
    assert build.result == "SUCCESS"
    assert "say │ delivered" in build.log
