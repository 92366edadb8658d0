"""The GitHub workflows as they are pasted, and the action's steps as they are written, in the runner's environment."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from cdkit.clients.kube.cluster import KubernetesCluster
from cdkit.models.event import StepFinished
from cdkit.models.kube import ObjectRef
from cdkit.models.result import StepResult
from cdkit.report.collected import Collected
from cdkit.report.handed_on import github_output

from .actions_runner import Runner
from .conftest import EXAMPLES, Checkout

WORKFLOWS = EXAMPLES / "github"


@pytest.fixture
def temp(tmp_path: Path) -> Path:
    folder = tmp_path / "temp"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("checkout", ["hello"], indirect=True)
def test_hello_is_run_with_groups_outputs_and_a_summary(checkout: Checkout, temp: Path) -> None:
    checkout.stand_in()
    (job,) = Runner(checkout, temp).with_cdkit().run(WORKFLOWS / "hello.yml")
    assert not job.failed, job.log
    assert "::group::say (run)" in job.log
    assert "hello: done" in job.summary
    assert json.loads(job.outputs[""]["outputs"]) == {"say": {"exit_code": 0}}


@pytest.mark.parametrize("checkout", ["monorepo"], indirect=True)
def test_each_service_of_a_monorepo_is_a_job(checkout: Checkout, temp: Path) -> None:
    checkout.stand_in()
    jobs = Runner(checkout, temp).with_cdkit().run(WORKFLOWS / "monorepo.yml")
    assert [job.failed for job in jobs] == [False, False], [job.log for job in jobs]
    assert "shop: done" in jobs[0].summary
    assert "worker: done" in jobs[1].summary


@pytest.mark.parametrize("checkout", ["promotion"], indirect=True)
def test_the_image_of_staging_is_promoted_to_production_and_told(
    checkout: Checkout, temp: Path, kubeconfig: str, registry: str, base: str, namespace: str,
    real_cluster: KubernetesCluster,
) -> None:  # fmt: skip
    checkout.replace(registry=f"{registry}/{namespace}", base=base)
    pipeline = checkout.folder / "cdkit.yaml"
    # Both environments in the one namespace of this test, where they are one deployment after the other.
    text = re.sub(r"namespace: \w+", f"namespace: {namespace}", pipeline.read_text(encoding="utf-8"))
    pipeline.write_text(text, encoding="utf-8")
    checkout.environ["KUBECONFIG"] = kubeconfig
    staging, production = Runner(checkout, temp).with_cdkit().run(WORKFLOWS / "promotion.yml")
    assert not staging.failed, staging.log
    assert not production.failed, production.log
    live = real_cluster.get(ObjectRef("apps/v1", "Deployment", "promotion", namespace))
    assert live is not None
    image = live["spec"]["template"]["spec"]["containers"][0]["image"]
    assert f"Production runs {image}" in production.summary
    assert f"image={image}" in staging.log, "production builds nothing of its own"


@pytest.mark.parametrize("checkout", ["hello"], indirect=True)
def test_inputs_are_never_read_by_a_shell(checkout: Checkout, temp: Path) -> None:
    job = Runner(checkout, temp).with_cdkit().call({"step": "run", "command": '["echo", "$(id) `id` \\"; id"]'})
    assert not job.failed, job.log
    assert 'run │ $(id) `id` "; id' in job.log


@pytest.mark.servers  # it needs no client, but PyPI, and its time
@pytest.mark.parametrize("checkout", ["hello"], indirect=True)
def test_the_set_up_makes_a_private_environment_once_and_ignores_that_of_the_job(
    checkout: Checkout, temp: Path
) -> None:
    checkout.stand_in()
    (checkout.folder / "cdkit.py").write_text("raise SystemExit('loaded from the project')", encoding="utf-8")
    # pip has its index and its cache from this machine.
    pip = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
    checkout.environ.update(pip, PYTHONPATH=str(checkout.folder), HOME=str(Path.home()))
    runner = Runner(checkout, temp)
    (first,) = runner.run(WORKFLOWS / "hello.yml")
    assert not first.failed, first.log
    made = (temp / "cdkit" / "pyvenv.cfg").stat().st_mtime_ns
    (second,) = runner.run(WORKFLOWS / "hello.yml")
    assert not second.failed, second.log
    assert (temp / "cdkit" / "pyvenv.cfg").stat().st_mtime_ns == made


def test_actions_core_reads_what_we_hand_on_and_would_write_it_alike(tools: Path, tmp_path: Path) -> None:
    run = Collected()
    awkward = "first line\n\nEOF\n  ghadelimiter_x<<y %0A ü  "
    outputs = {"digest": "sha256:0", "url": awkward, "count": 3}
    run.take(StepFinished(step="push", result=StepResult(step="push", status="succeeded", outputs=outputs)))
    written, copy = tmp_path / "written", tmp_path / "copy"
    written.write_text(github_output(run, "cdkit-0123456789abcdef"), encoding="utf-8")
    ended = subprocess.run(
        ["node", Path(__file__).with_name("read_outputs.mjs"), written, copy],
        env={**os.environ, "CDKIT_TEST_SERVER_TOOLS": str(tools)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    read = json.loads(ended.stdout)
    assert read["url"] == awkward
    assert json.loads(read["outputs"]) == {"push": outputs}
    theirs = re.sub(r"ghadelimiter_[0-9a-f-]{36}", "cdkit-0123456789abcdef", copy.read_text(encoding="utf-8"))
    assert theirs == written.read_text(encoding="utf-8")
