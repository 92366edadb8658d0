"""The GitLab examples as they are pasted, run by gitlab-ci-local; only the component is put where GitLab fetches it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from cdkit import __version__
from cdkit.clients.kube.cluster import KubernetesCluster
from cdkit.models.kube import ObjectRef

from .conftest import EXAMPLES, REPOSITORY, Checkout

FETCHED = Path(f".gitlab-ci-local/includes/git.example.org/cdkit/cdkit/{__version__}/templates/cdkit")


class GitLab:
    """GitLab's runner for one checkout."""

    def __init__(self, checkout: Checkout, example: str, tools: Path) -> None:
        self.checkout = checkout
        self._program = str(tools / "bin" / "gitlab-ci-local")
        shutil.copy(EXAMPLES / "gitlab" / f"{example}.yml", checkout.folder / ".gitlab-ci.yml")
        (checkout.folder / FETCHED).mkdir(parents=True)
        shutil.copy(REPOSITORY / "templates" / "cdkit" / "template.yml", checkout.folder / FETCHED)

    def run(self, *words: str, **environ: str) -> CompletedProcess[str]:
        """What comes of running jobs with the shell of this machine."""
        return self.checkout.run(self._program, "--force-shell-executor", *words, **environ)

    def preview(self) -> str:
        """The pipeline with all that is included."""
        return self.checkout.run(self._program, "--preview").stdout


@pytest.mark.parametrize("checkout", ["hello"], indirect=True)
def test_hello_is_delivered_and_reported(
    checkout: Checkout,
    tools: Path,
    kubeconfig: str,
    registry: str,
    base: str,
    namespace: str,
    real_cluster: KubernetesCluster,
) -> None:
    checkout.replace(registry=f"{registry}/{namespace}", base=base)
    checkout.deliver_to(namespace)
    ended = GitLab(checkout, "hello", tools).run("deliver", KUBECONFIG=kubeconfig)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "PASS" in ended.stdout
    assert real_cluster.get(ObjectRef("apps/v1", "Deployment", "hello", namespace))
    kept = checkout.folder / ".gitlab-ci-local" / "artifacts" / "deliver"
    assert 'name="release"' in (kept / ".cdkit" / "reports" / "junit.xml").read_text(encoding="utf-8")
    variables = (kept / ".gitlab-ci-reports" / "dotenv" / ".cdkit" / "reports" / "outputs.env").read_text()
    assert f"PUSH_IMAGE={registry}/{namespace}/hello@sha256:" in variables


@pytest.mark.parametrize("checkout", ["monorepo"], indirect=True)
def test_each_service_of_a_monorepo_has_a_job_with_its_own_reports(checkout: Checkout, tools: Path) -> None:
    checkout.stand_in()
    gitlab = GitLab(checkout, "monorepo", tools)
    for service in ("shop", "worker"):
        ended = gitlab.run(f"deliver-{service}")
        assert ended.returncode == 0, ended.stdout + ended.stderr
        artifacts = checkout.folder / ".gitlab-ci-local" / "artifacts" / f"deliver-{service}"
        assert f'classname="{service}"' in (artifacts / ".cdkit/reports/junit.xml").read_text()


@pytest.mark.parametrize("checkout", ["promotion"], indirect=True)
def test_production_waits_for_a_person_and_is_approved_by_the_job(checkout: Checkout, tools: Path) -> None:
    checkout.stand_in()
    gitlab = GitLab(checkout, "promotion", tools)
    pushed = gitlab.run()
    assert pushed.returncode == 0, pushed.stdout + pushed.stderr
    assert "delivered to staging" in pushed.stdout
    assert "delivered to production" not in pushed.stdout
    started = gitlab.run("production")
    assert started.returncode == 0, started.stdout + started.stderr
    assert "delivered to production" in started.stdout


@pytest.mark.parametrize("checkout", ["promotion"], indirect=True)
def test_an_environment_that_somebody_else_holds_is_a_warning(checkout: Checkout, tools: Path) -> None:
    checkout.stand_in()
    refused = checkout.folder / "cdkit.yaml"
    # Without an approval production is refused with exit code 8, as it is while another deployment holds it.
    refused.write_text(refused.read_text(encoding="utf-8").replace("staging: {", "staging: {approval: true, "))
    ended = GitLab(checkout, "promotion", tools).run("staging")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "WARN" in ended.stdout


@pytest.mark.parametrize("checkout", ["promotion"], indirect=True)
def test_the_environment_and_the_resource_group_of_a_job_stand_beside_what_the_component_says(
    checkout: Checkout, tools: Path
) -> None:
    whole = GitLab(checkout, "promotion", tools).preview()
    assert "url: https://shop.example.org" in whole
    assert "resource_group: cdkit/production" in whole
    assert os.linesep.join(["  allow_failure:", "    exit_codes:", "      - 8"]) in whole
