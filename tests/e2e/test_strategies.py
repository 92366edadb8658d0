"""`set-image` of every kind of workload on a real cluster, and a ReplicationController whose update is killed."""

from __future__ import annotations

import signal
from typing import Any

import pytest
import yaml

from cdkit.clients.kube.cluster import KubernetesCluster
from cdkit.models.kube import Manifest, ObjectQuery, ObjectRef
from tests.real_world import eventually

from .conftest import Finished, Project, pods_of
from .tiny import deployment, push_tiny_image

CONTROLLERS = "ReplicationController"


@pytest.fixture(scope="module")
def images(registry: str, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Two images that run."""
    return [push_tiny_image(tmp_path_factory.mktemp(name), registry) for name in ("one", "two")]


def workload(kind: str, version: str, image: str, namespace: str, replicas: int = 2) -> Manifest:
    """A workload `web`, as somebody else than cdkit would write it."""
    made: dict[str, Any] = deployment("web", image, replicas)
    spec = made["spec"]
    if kind == "StatefulSet":
        spec |= {"serviceName": "web", "podManagementPolicy": "Parallel"}
    elif kind == "DaemonSet":
        del spec["replicas"]
    elif kind == CONTROLLERS:
        spec["selector"] = spec["selector"]["matchLabels"]
    elif kind == "CronJob":
        spec["template"]["spec"]["restartPolicy"] = "Never"
        made["spec"] = {"schedule": "0 3 * * *", "jobTemplate": {"spec": {"template": spec["template"]}}}
    return {**made, "apiVersion": version, "kind": kind, "metadata": {"name": "web", "namespace": namespace}}


def set_image(namespace: str, kind: str, image: str, **options: Any) -> str:
    step = {"uses": "set-image", "with": {"workload": "web", "kind": kind.lower(), "image": image, **options}}
    return yaml.safe_dump(
        {"name": "web", "environments": {"test": {"namespace": namespace}}, "steps": {"update": step}}
    )


def run(project: Project, pipeline: str) -> Finished:
    project.write(pipeline)
    return project.cdkit("run")


def running_images(cluster: KubernetesCluster, namespace: str) -> list[str]:
    return [pod["spec"]["containers"][0]["image"] for pod in pods_of(cluster, namespace)]


@pytest.mark.parametrize(
    ("kind", "version", "options"),
    [
        ("StatefulSet", "apps/v1", {}),
        ("StatefulSet", "apps/v1", {"strategy": "recreate"}),
        ("DaemonSet", "apps/v1", {}),
        ("Deployment", "apps/v1", {"strategy": "recreate"}),
        ("Deployment", "apps/v1", {"surge": "0", "unavailable": "50%", "min_ready": "1s"}),
        (CONTROLLERS, "v1", {}),
    ],
)
def test_each_kind_comes_to_run_the_new_image(
    deployable: Project,
    cluster: KubernetesCluster,
    namespace: str,
    images: list[str],
    kind: str,
    version: str,
    options: dict[str, Any],
) -> None:
    made = cluster.create(workload(kind, version, images[0], namespace))
    finished = run(deployable, set_image(namespace, kind, images[1], **options))
    assert finished.code == 0, finished.text
    wanted = [images[1]] * (1 if kind == "DaemonSet" else 2)
    eventually(lambda: running_images(cluster, namespace) == wanted)
    live = cluster.get(ObjectRef.of(made)) or {}
    assert live["metadata"]["uid"] == made["metadata"]["uid"], "it is the same object"
    again = run(deployable, set_image(namespace, kind, images[1], **options))
    assert again.code == 0, again.text
    assert "already; nothing was changed" in again.out
    assert (cluster.get(ObjectRef.of(made)) or {})["metadata"]["generation"] == live["metadata"]["generation"]


def test_the_next_run_of_a_cron_job_takes_the_new_image(
    deployable: Project, cluster: KubernetesCluster, namespace: str, images: list[str]
) -> None:
    made = cluster.create(workload("CronJob", "batch/v1beta1", images[0], namespace))
    finished = run(deployable, set_image(namespace, "CronJob", images[1]))
    assert finished.code == 0, finished.text
    assert "its next run takes it, by its schedule `0 3 * * *`" in finished.out
    live = cluster.get(ObjectRef.of(made)) or {}
    assert live["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"][0]["image"] == images[1]


def controllers(cluster: KubernetesCluster, namespace: str) -> dict[str, int]:
    found, _ = cluster.list(ObjectQuery("v1", CONTROLLERS, namespace))
    return {item["metadata"]["name"]: item["spec"]["replicas"] for item in found}


def test_a_controller_whose_update_was_killed_refuses_another_image_and_goes_on_with_the_same(
    deployable: Project, cluster: KubernetesCluster, namespace: str, images: list[str], registry: str
) -> None:
    cluster.create(workload(CONTROLLERS, "v1", images[0], namespace, replicas=3))
    eventually(lambda: len(pods_of(cluster, namespace)) == 3)
    deployable.write(set_image(namespace, CONTROLLERS, images[1], min_ready="1s"))
    killed = deployable.start("run")
    eventually(lambda: {"web": 2}.items() <= controllers(cluster, namespace).items())
    killed.send_signal(signal.SIGKILL)
    killed.communicate()

    refused = run(deployable, set_image(namespace, CONTROLLERS, f"{registry}/tiny:third", preflight="off"))
    assert refused.code == 8, refused.text
    assert f"An update of ReplicationController web to {images[1]} was interrupted" in refused.text
    finished = run(deployable, set_image(namespace, CONTROLLERS, images[1]))
    assert finished.code == 0, finished.text
    assert "it goes on" in finished.out
    assert controllers(cluster, namespace) == {"web": 3}
    assert running_images(cluster, namespace) == [images[1]] * 3


def test_a_controller_whose_new_pods_do_not_start_gets_its_old_ones_back(
    deployable: Project, cluster: KubernetesCluster, namespace: str, images: list[str], registry: str
) -> None:
    cluster.create(workload(CONTROLLERS, "v1", images[0], namespace))
    finished = run(deployable, set_image(namespace, CONTROLLERS, f"{registry}/tiny:no-such-tag", preflight="off"))
    assert finished.code == 6, finished.text
    assert finished.result("update")["failure"]["cause"] == "image-not-found"
    assert controllers(cluster, namespace) == {"web": 2}
    assert running_images(cluster, namespace) == [images[0]] * 2
