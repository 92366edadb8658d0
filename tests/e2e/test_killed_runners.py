"""Runs of test pods that are killed (`kill -9`): one later run of anyone removes all that they have left."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from .conftest import Project
from .left_behind import LeftBehind
from .tiny import push_tiny_image

RUNNERS, PODS, KILLED = (10, 10, 2) if os.environ.get("CDKIT_SOAK") else (3, 2, 1)
"""How many runs there are, how many pods each has, and how many of the runs are killed."""

AT_ONCE = 5

PIPELINE = """
name: killed
environments: {test: {namespace: NAMESPACE}}
vars: {command: "/bin/busybox true", shards: 1}
secrets: {TOKEN: {env: TOKEN}}
steps:
  tests:
    uses: run-test-pod
    with:
      runtime: RUNTIME
      image: IMAGE
      helper_image: IMAGE
      command: ${{ vars.command }}
      shards: ${{ vars.shards }}
      env: {TOKEN: "${{ secrets.TOKEN }}"}
      artifacts: [/reports]
"""


@pytest.mark.cluster
@pytest.mark.parametrize("runtime", ["kubernetes", "docker"])
def test_nothing_is_left_of_runners_that_were_killed_soak(
    deployable: Project, namespace: str, registry: str, tmp_path: Path, left: LeftBehind, runtime: str
) -> None:
    image = push_tiny_image(tmp_path / "image", registry)
    deployable.environ["TOKEN"] = "not-for-anybody-else"
    deployable.write(PIPELINE.replace("NAMESPACE", namespace).replace("RUNTIME", runtime).replace("IMAGE", image))

    said = ""
    for first in range(0, RUNNERS, AT_ONCE):
        runners = [_start(deployable) for _ in range(first, min(RUNNERS, first + AT_ONCE))]
        for runner in runners[: KILLED - first]:
            _kill_in_the_middle(runner)
        said += "".join(runner.communicate(timeout=300)[0] for runner in runners)
    later = deployable.cdkit("run")

    assert later.code == 0, later.text
    if runtime == "kubernetes":
        # A run that began a little later than the killed one may have been quicker than the last; on the engine, one of
        # another test may have been.
        assert "left behind" in said + later.text
    left.assert_nothing(*_runs(deployable))


def _start(project: Project) -> subprocess.Popen[str]:
    return project.start("run", "--set", f"shards={PODS}", "--set", "command=/bin/busybox sleep 3")


def _kill_in_the_middle(runner: subprocess.Popen[str]) -> None:
    """Kill a run as soon as it has told of half of its pods."""
    assert runner.stdout is not None
    told = 0
    for line in runner.stdout:
        told += " in " in line
        if told > PODS // 2:
            break
    runner.kill()


def _runs(project: Project) -> set[str]:
    return {folder.name for folder in (project.folder / ".cdkit" / "runs").iterdir() if folder.is_dir()}
