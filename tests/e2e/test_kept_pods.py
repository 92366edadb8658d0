"""Test pods that are kept for a look: they stay, and go with the command that is told."""

from __future__ import annotations

import shlex
import subprocess

import pytest

from cdkit.clients.kube.cluster import KubernetesCluster
from cdkit.models.kube import ObjectRef

from .conftest import Project
from .left_behind import LeftBehind
from .pod_pipeline import pod_pipeline
from .pod_scenarios import FAILING, reports


@pytest.mark.parametrize("runtime", ["kubernetes", "docker"])
def test_a_pod_of_which_only_the_report_speaks_of_a_failure_is_kept(
    deployable: Project,
    cluster: KubernetesCluster,
    namespace: str,
    image: str,
    left: LeftBehind,
    runtime: str,
) -> None:
    options = {"runtime": runtime, "keep": "on-failure", **reports(FAILING)}
    deployable.write(pod_pipeline(namespace, image, **options))
    finished = deployable.cdkit("run")
    assert (finished.code, finished.result("tests")["failure"]["cause"]) == (1, "tests-failed"), finished.text
    assert left.of(finished.run), "it is kept"

    told = [line.partition("│   ")[2] for line in finished.out.split("is kept for")[1].splitlines()]
    commands = [shlex.split(command) for command in told if command.startswith(("kubectl", "docker"))]
    if runtime == "docker":
        for command in commands:
            if "-it" not in command:
                subprocess.run(command, check=True, capture_output=True)
    else:
        *removal, pod = commands[-1]
        assert removal == ["kubectl", "-n", namespace, "delete", "pod"]
        cluster.delete(ObjectRef("v1", "Pod", pod, namespace))
    left.assert_nothing(finished.run)
