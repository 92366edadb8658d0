"""Runs of test pods that are killed (`kill -9`): one later run of anyone removes all that they have left."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from cdkit.clients.kube.cluster import KubernetesCluster
from cdkit.clients.real_world import RealWorld
from cdkit.models.kube import ObjectQuery
from tests.real_world import eventually

from .conftest import Project
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


class Left(msgspec.Struct, frozen=True):
    """What there is of some runs: `Pod tests-1`, `volume cdkit-1`."""

    cluster: KubernetesCluster
    namespace: str

    def of(self, runs: set[str]) -> list[str]:
        """Everything that carries one of these runs' ids, but for what is on its way out."""
        return [name for run in runs for name in (*self._in_cluster(run), *self._on_engine(run))]

    def _in_cluster(self, run: str) -> Iterator[str]:
        for kind in ("Pod", "Secret"):
            found, _ = self.cluster.list(ObjectQuery("v1", kind, self.namespace, f"cdkit.dev/run={run}"))
            for item in found:
                if "deletionTimestamp" not in item["metadata"]:
                    yield f"{kind} {item['metadata']['name']}"

    def _on_engine(self, run: str) -> Iterator[str]:
        engine = RealWorld().containers()
        labels = {"cdkit.dev/run": run}
        yield from (f"container {item.name}" for item in engine.containers(labels))
        yield from (f"volume {item.name}" for item in engine.volumes(labels))


@pytest.fixture
def left(cluster: KubernetesCluster, namespace: str) -> Left:
    return Left(cluster, namespace)


@pytest.mark.cluster
@pytest.mark.parametrize("runtime", ["kubernetes", "docker"])
def test_nothing_is_left_of_runners_that_were_killed_soak(
    deployable: Project, namespace: str, registry: str, tmp_path: Path, left: Left, runtime: str
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
    # A run that began a little later than the killed one may have been quicker than the last.
    assert "left behind" in said + later.text
    eventually(lambda: left.of(_runs(deployable)) == [])


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
