"""What a test pod is kept apart from, and what is left when its run is called off: on both runtimes."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from cdkit.clients.kube.cluster import KubernetesCluster
from cdkit.errors import AccessDenied
from cdkit.models.kube import Manifest, ObjectQuery, ObjectRef

from .conftest import Project
from .left_behind import LeftBehind
from .tiny import push_tiny_image

RUNTIMES = ("kubernetes", "docker")
TOKEN = "s3cr3t-of-the-team"
PULL_REQUEST_OF_A_FORK = {"DRONE": "true", "DRONE_PULL_REQUEST": "7"}
NO_TOKEN = """
for place in /var/run/secrets/kubernetes.io /run/secrets /var/run/docker.sock; do
  if [ -e $place ]; then echo "$place is there"; exit 1; fi
done
/bin/busybox env
"""


@pytest.fixture
def image(registry: str, tmp_path: Path) -> str:
    return push_tiny_image(tmp_path / "image", registry)


def write(project: Project, namespace: str, image: str, script: str, **options: Any) -> None:
    of_step = {"image": image, "helper_image": image, "command": ["/bin/sh", "-c", script], **options}
    project.write(
        yaml.safe_dump(
            {
                "name": "isolated",
                "secrets": {"TOKEN": {"env": "TEAM_TOKEN"}},
                "environments": {"test": {"namespace": namespace}},
                "steps": {"tests": {"uses": "run-test-pod", "with": of_step}},
            }
        )
    )
    project.environ["TEAM_TOKEN"] = TOKEN


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_a_pull_request_of_a_fork_gets_no_secret_and_no_token(
    deployable: Project, namespace: str, image: str, left: LeftBehind, runtime: str
) -> None:
    write(deployable, namespace, image, NO_TOKEN, runtime=runtime, env={"SECRET": "${{ secrets.TOKEN }}"})
    refused = deployable.cdkit("run", **PULL_REQUEST_OF_A_FORK)
    assert refused.code == 3, refused.text
    assert "gets no secrets" in refused.text

    write(deployable, namespace, image, NO_TOKEN, runtime=runtime)
    allowed = deployable.cdkit("run", **PULL_REQUEST_OF_A_FORK)
    assert allowed.code == 0, allowed.text
    assert TOKEN not in refused.text + allowed.text
    left.assert_nothing(refused.run, allowed.run)


def test_a_pull_request_of_a_fork_gets_no_service_account_whatever_is_known_before(
    deployable: Project, namespace: str, image: str, left: LeftBehind
) -> None:
    write(deployable, namespace, image, NO_TOKEN, runtime="kubernetes", service_account="default")
    refused = deployable.cdkit("run", **PULL_REQUEST_OF_A_FORK)
    assert refused.code == 3, refused.text
    assert "gets no token of the service account 'default'" in refused.text
    left.assert_nothing(refused.run)


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_a_run_that_is_called_off_leaves_nothing(
    deployable: Project,
    cluster: KubernetesCluster,
    namespace: str,
    image: str,
    left: LeftBehind,
    runtime: str,
) -> None:
    service = {"image": image, "command": ["/bin/busybox", "sleep", "600"], "ready": {"after": "0s"}}
    write(
        deployable,
        namespace,
        image,
        "echo begun; exec /bin/busybox sleep 600",
        runtime=runtime,
        own_namespace=True,
        env={"SECRET": "${{ secrets.TOKEN }}"},
        services={"beside": service},
        artifacts=["/out"],
    )
    process = deployable.start("run")
    assert process.stdout is not None
    begun = any("begun" in line for line in process.stdout)
    run = str(deployable.journal()[0]["run_id"])
    assert begun
    assert left.of(run)
    if runtime == "kubernetes":
        assert_limited(cluster, *namespaces_of(cluster, run))

    process.send_signal(signal.SIGTERM)
    finished = deployable.finish(process)

    assert finished.code == 143, finished.text
    left.assert_nothing(run)


def namespaces_of(cluster: KubernetesCluster, run: str) -> Iterator[str]:
    found, _ = cluster.list(ObjectQuery("v1", "Namespace", "", f"cdkit.dev/run={run}"))
    yield from (item["metadata"]["name"] for item in found)


def assert_limited(cluster: KubernetesCluster, namespace: str) -> None:
    """A namespace of a pod's own has a quota, which takes no pod beside it, and limits for those that name none."""
    quota, limits = (
        cluster.get(ObjectRef("v1", kind, "cdkit-test-pod", namespace)) for kind in ("ResourceQuota", "LimitRange")
    )
    assert limits is not None
    assert quota is not None
    assert quota["status"]["hard"]["pods"] == quota["status"]["used"]["pods"] == "1"
    with pytest.raises(AccessDenied, match="exceeded quota"):
        cluster.create(pod_beside(namespace))


def pod_beside(namespace: str) -> Manifest:
    containers = [{"name": "beside", "image": "any"}]
    metadata = {"name": "beside", "namespace": namespace}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {"containers": containers}}
