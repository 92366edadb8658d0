"""A run that is told to stop ends soon, says so by its exit code, and leaves no pod behind."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest
import yaml

from cdkit.clients.kube.cluster import KubernetesCluster
from tests.real_world import eventually

from .conftest import Project, pods_of
from .tiny import push_tiny_image

SOON = 10.0


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_stops_the_test_pod_and_removes_it(
    deployable: Project,
    cluster: KubernetesCluster,
    namespace: str,
    registry: str,
    tmp_path: Path,
    number: signal.Signals,
    code: int,
) -> None:
    image = push_tiny_image(tmp_path / "image", registry)
    deployable.write(
        yaml.safe_dump(
            {
                "name": "tests",
                "environments": {"test": {"namespace": namespace}},
                "steps": {
                    "test": {"uses": "run-test-pod", "with": {"image": image}},
                    "after": {"uses": "run", "needs": ["test"], "with": {"command": "touch after"}},
                },
            }
        )
    )
    process = deployable.start("run")
    eventually(lambda: [pod for pod in pods_of(cluster, namespace) if pod["status"]["phase"] == "Running"])
    stopped = time.monotonic()
    process.send_signal(number)
    finished = deployable.finish(process)

    assert finished.code == code, finished.text
    assert time.monotonic() - stopped < SOON
    assert eventually(lambda: not pods_of(cluster, namespace))
    assert finished.result("test")["status"] == "cancelled"
    assert finished.result("after")["status"] == "skipped"
    assert not (deployable.folder / "after").exists()


def test_a_signal_ends_the_whole_process_group_of_a_command(project: Project) -> None:
    script = "sleep 300 & echo $! > child; echo ready; wait"
    project.write(yaml.safe_dump({"name": "wait", "steps": {"wait": {"uses": "run", "with": {"script": script}}}}))
    process = project.start("run")
    child = project.folder / "child"
    eventually(lambda: child.exists() and child.read_text().strip())
    process.send_signal(signal.SIGTERM)
    finished = project.finish(process)

    assert finished.code == 143, finished.text
    assert eventually(lambda: not is_alive(int(child.read_text())))


def is_alive(pid: int) -> bool:
    status = Path(f"/proc/{pid}/stat")
    return status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z"
