"""The real engine, registry and cluster, as `tests/cluster/up` names them."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cdkit.clients.kube.cluster import KubernetesCluster
from cdkit.models.kube import Manifest, ObjectQuery, ObjectRef

from .left_behind import LeftBehind
from .tiny import push_tiny_image

REPOSITORY = Path(__file__).parents[2]
HELLO = REPOSITORY / "pipeline-examples" / "hello"


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """Every test here that uses the cluster, the engine or the registry is marked as such."""
    for item in items:
        if {"namespace", "registry", "kubeconfig"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.cluster)


@pytest.fixture(scope="session")
def cluster(real_cluster: KubernetesCluster) -> KubernetesCluster:
    """A client of the test cluster, for looking at what was done."""
    return real_cluster


class Finished(msgspec.Struct, frozen=True):
    """How a command of cdkit ended."""

    code: int
    out: str
    err: str
    seconds: float
    journal: tuple[dict[str, Any], ...] = ()

    @property
    def text(self) -> str:
        """All that a person saw."""
        return self.out + self.err

    @property
    def run(self) -> str:
        """The run's id."""
        return str(self.journal[0]["run_id"])

    def result(self, step: str) -> dict[str, Any]:
        """The journal's result of a step."""
        return next(
            event["result"] for event in self.journal if event["type"] == "step-finished" and event["step"] == step
        )


class Project:
    """A folder with a pipeline file, and cdkit to run in it."""

    def __init__(self, folder: Path, environ: dict[str, str]) -> None:
        self.folder = folder
        self.environ = environ

    def write(self, pipeline: str) -> None:
        """Put the pipeline file there."""
        (self.folder / "cdkit.yaml").write_text(pipeline, encoding="utf-8")

    def start(self, *arguments: str, **environ: str) -> subprocess.Popen[str]:
        """Start cdkit."""
        return subprocess.Popen(
            [sys.executable, "-m", "cdkit", *arguments],
            cwd=self.folder,
            env={**self.environ, **environ},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def cdkit(self, *arguments: str, **environ: str) -> Finished:
        """Run cdkit to its end."""
        start = time.monotonic()
        return self.finish(self.start(*arguments, **environ), start)

    def finish(self, process: subprocess.Popen[str], start: float = 0.0) -> Finished:
        """Wait for a cdkit that was started. A person never sees a traceback."""
        try:
            out, err = process.communicate(timeout=180)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            out, err = process.communicate()
            pytest.fail(f"cdkit did not end:\n{out}\n{err}")
        assert "Traceback" not in out + err, out + err
        return Finished(process.returncode, out, err, time.monotonic() - start, tuple(self.journal()))

    def journal(self) -> list[dict[str, Any]]:
        """The events of the last run."""
        runs = sorted((self.folder / ".cdkit" / "runs").glob("*/events.jsonl"))
        return [json.loads(line) for line in runs[-1].read_text().splitlines()] if runs else []


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """An empty project, in an environment without a cluster or an engine of its own."""
    folder = tmp_path / "project"
    folder.mkdir()
    hidden = ("KUBECONFIG", "DOCKER_HOST", "NO_COLOR")
    return Project(folder, {name: value for name, value in os.environ.items() if name not in hidden})


@pytest.fixture
def deployable(project: Project, kubeconfig: str, registry: str, namespace: str) -> Project:
    """An empty project that may use the test cluster, and works in a namespace of its own."""
    project.environ["KUBECONFIG"] = kubeconfig
    return project


@pytest.fixture
def image(registry: str, tmp_path: Path) -> str:
    """An image with nothing but a busybox, of the test's own."""
    return push_tiny_image(tmp_path / "image", registry)


@pytest.fixture
def left(cluster: KubernetesCluster, namespace: str) -> LeftBehind:
    """What there still is of runs of test pods."""
    return LeftBehind(cluster, namespace)


@pytest.fixture
def hello(deployable: Project, namespace: str) -> Project:
    """The hello example, deploying to a namespace of the test's own."""
    shutil.copytree(
        HELLO, deployable.folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".cdkit", "__pycache__")
    )
    pipeline = (HELLO / "cdkit.yaml").read_text(encoding="utf-8")
    deployable.write(pipeline.replace("steps:", f"environments:\n  test: {{namespace: {namespace}}}\n\nsteps:", 1))
    return deployable


@pytest.fixture
def settings(registry: str, base: str) -> list[str]:
    """The variables of the hello pipeline for this machine; a repository of each test's own."""
    return ["--set", f"registry={registry}/t{secrets.token_hex(4)}", "--set", f"base={base}"]


def deployment_image(cluster: KubernetesCluster, namespace: str, name: str = "hello") -> str:
    """The image that a Deployment's pods are to run."""
    live = cluster.get(ObjectRef("apps/v1", "Deployment", name, namespace))
    assert live is not None
    image: str = live["spec"]["template"]["spec"]["containers"][0]["image"]
    return image


def pods_of(cluster: KubernetesCluster, namespace: str, selector: str = "") -> list[Manifest]:
    """The pods of a namespace that are not on their way out."""
    pods, _ = cluster.list(ObjectQuery("v1", "Pod", namespace, selector))
    return [pod for pod in pods if "deletionTimestamp" not in pod["metadata"]]
