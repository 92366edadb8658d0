"""What a person learns when something fails: the right exit code, the cause in one sentence, and the evidence."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
import yaml

from cdkit.clients.kube.cluster import KubernetesCluster
from cdkit.models.kube import Manifest, ObjectQuery, ObjectRef
from tests.real_world import eventually

from .conftest import Finished, Project, deployment_image, pods_of
from .moment import Moment, pull_failed
from .tiny import deployment, push_tiny_image

CLOSED = "127.0.0.1:9"
"""Nothing listens on the discard port of this machine."""


def failure_of(finished: Finished, step: str) -> dict[str, object]:
    failure: dict[str, object] = finished.result(step)["failure"]
    return failure


@pytest.fixture
def running(deployable: Project, cluster: KubernetesCluster, namespace: str, registry: str, tmp_path: Path) -> str:
    """A Deployment `web` that runs; gives its image."""
    image = push_tiny_image(tmp_path / "good", registry)
    manifest = deployment("web", image)
    manifest["metadata"]["namespace"] = namespace  # type: ignore[index]
    cluster.create(manifest)
    eventually(lambda: [pod for pod in pods_of(cluster, namespace) if is_ready(pod)])
    return image


def is_ready(pod: Manifest) -> bool:
    conditions = pod["status"].get("conditions", [])
    return any(item["type"] == "Ready" and item["status"] == "True" for item in conditions)


def set_image(namespace: str, image: str, **options: str) -> str:
    return yaml.safe_dump(
        {
            "name": "web",
            "environments": {"test": {"namespace": namespace}},
            "steps": {"update": {"uses": "set-image", "with": {"workload": "web", "image": image, **options}}},
        }
    )


def test_an_image_that_does_not_exist_is_told_before_anything_is_changed(
    deployable: Project, cluster: KubernetesCluster, namespace: str, registry: str, running: str
) -> None:
    before = cluster.get(ObjectRef("apps/v1", "Deployment", "web", namespace)) or {}
    deployable.write(set_image(namespace, f"{registry}/tiny:no-such-tag"))
    finished = deployable.cdkit("run")
    assert finished.code == 3, finished.text
    assert f"needs the image {registry}/tiny:no-such-tag, and its registry has none of that name" in finished.text
    after = cluster.get(ObjectRef("apps/v1", "Deployment", "web", namespace)) or {}
    assert after["metadata"]["generation"] == before["metadata"]["generation"], "its controller may write its status"


def test_what_only_the_cluster_knows_is_told_before_anything_is_changed(
    deployable: Project, cluster: KubernetesCluster, namespace: str, registry: str, running: str
) -> None:
    wanted = deployment("other", running)
    wanted["metadata"]["namespace"] = namespace  # type: ignore[index]
    pod = wanted["spec"]["template"]["spec"]  # type: ignore[index]
    pod |= {"serviceAccountName": "robot", "nodeSelector": {"disk": "ssd"}}
    pod["containers"][0]["envFrom"] = [{"secretRef": {"name": "login"}}]
    (deployable.folder / "manifests.yaml").write_text(yaml.safe_dump(wanted), encoding="utf-8")
    step = {"release": {"uses": "apply", "with": {"manifests": "manifests.yaml"}}}
    environments = {"test": {"namespace": namespace}}
    deployable.write(yaml.safe_dump({"name": "web", "environments": environments, "steps": step}))
    finished = deployable.cdkit("run")
    assert finished.code == 3, finished.text
    for said in ("needs the ServiceAccount robot", "needs the Secret login", "not labelled disk=ssd"):
        assert said in finished.text
    assert cluster.get(ObjectRef("apps/v1", "Deployment", "other", namespace)) is None


def test_an_image_that_does_not_exist_is_told_within_five_seconds_and_undone(
    deployable: Project, cluster: KubernetesCluster, namespace: str, registry: str, running: str
) -> None:
    deployable.write(set_image(namespace, f"{registry}/tiny:no-such-tag", preflight="off"))
    with Moment(cluster, namespace, pull_failed) as shown:
        finished = deployable.cdkit("run")
        told = time.time()
        assert told - shown.time < 5.0

    assert finished.code == 6, finished.text
    failure = failure_of(finished, "update")
    assert failure["cause"] == "image-not-found"
    assert f"{registry}/tiny:no-such-tag" in str(failure["message"])
    assert "rolled back" in str(failure["message"])
    assert failure["evidence"], "the kubelet's own words"
    assert deployment_image(cluster, namespace, "web") == running
    assert [is_ready(pod) for pod in pods_of(cluster, namespace)] == [True]


def test_a_crash_at_start_is_told_with_its_last_words_and_undone(
    deployable: Project, cluster: KubernetesCluster, namespace: str, registry: str, running: str, tmp_path: Path
) -> None:
    crashing = push_tiny_image(tmp_path / "bad", registry, "echo the database is not configured; exit 3")
    deployable.write(set_image(namespace, crashing))
    finished = deployable.cdkit("run")

    assert finished.code == 6, finished.text
    failure = failure_of(finished, "update")
    assert failure["cause"] == "crash-loop"
    assert "exit code 3" in str(failure["message"])
    assert any("the database is not configured" in line for line in failure["evidence"])  # type: ignore[attr-defined]
    assert deployment_image(cluster, namespace, "web") == running


def test_a_first_deployment_that_fails_leaves_nothing_behind(
    hello: Project, cluster: KubernetesCluster, namespace: str, registry: str
) -> None:
    pipeline = {
        "name": "hello",
        "environments": {"test": {"namespace": namespace}},
        "steps": {
            "manifests": {"uses": "generate-manifests", "with": {"image": f"{registry}/hello:no-such-tag"}},
            "release": {
                "uses": "rolling-update",
                "with": {"manifests": "${{ steps.manifests.path }}", "preflight": "off"},
            },
        },
    }
    hello.write(yaml.safe_dump(pipeline))
    finished = hello.cdkit("run")

    assert finished.code == 6, finished.text
    assert failure_of(finished, "release")["cause"] == "image-not-found"
    for kind, version in (("Deployment", "apps/v1"), ("Service", "v1")):
        assert cluster.list(ObjectQuery(version, kind, namespace))[0] == []


def test_a_failing_test_pod_is_the_projects_own_failure(
    deployable: Project, cluster: KubernetesCluster, namespace: str, registry: str, tmp_path: Path
) -> None:
    image = push_tiny_image(tmp_path / "test", registry)
    command = ["/bin/sh", "-c", "echo one test failed; exit 7"]
    pipeline = {
        "name": "tests",
        "environments": {"test": {"namespace": namespace}},
        "steps": {"test": {"uses": "run-test-pod", "with": {"image": image, "command": command}}},
    }
    deployable.write(yaml.safe_dump(pipeline))
    finished = deployable.cdkit("run")

    assert finished.code == 1, finished.text
    failure = failure_of(finished, "test")
    assert "exit code 7" in str(failure["message"])
    assert "one test failed" in json.dumps(failure["evidence"])
    assert "one test failed" in finished.out
    assert eventually(lambda: not pods_of(cluster, namespace)), "the pod is removed"


def test_a_test_pod_that_cannot_start_says_why(deployable: Project, namespace: str, registry: str) -> None:
    pipeline = {
        "name": "tests",
        "environments": {"test": {"namespace": namespace}},
        "steps": {"test": {"uses": "run-test-pod", "with": {"image": f"{registry}/tiny:no-such-tag"}}},
    }
    deployable.write(yaml.safe_dump(pipeline))
    finished = deployable.cdkit("run")

    assert finished.code == 4, finished.text
    assert failure_of(finished, "test")["cause"] == "image-not-found"


def test_an_unreachable_registry_is_tried_again_and_then_told(
    deployable: Project, registry: str, tmp_path: Path
) -> None:
    push_tiny_image(deployable.folder, registry)
    pipeline = {
        "name": "push",
        "steps": {
            "image": {"uses": "build-image", "with": {"repository": f"{CLOSED}/tiny"}},
            "push": {
                "uses": "push-to-registry",
                "retry": {"attempts": 3, "delay": "100ms"},
                "with": {"image": "${{ steps.image.image }}"},
            },
        },
    }
    deployable.write(yaml.safe_dump(pipeline))
    finished = deployable.cdkit("run")

    assert finished.code == 4, finished.text
    assert failure_of(finished, "push")["kind"] == "RegistryUnreachable"
    assert CLOSED in str(failure_of(finished, "push")["message"])
    assert [event["type"] for event in finished.journal].count("step-retried") == 2


def test_an_unreachable_cluster_is_told_before_anything_is_done(project: Project, tmp_path: Path) -> None:
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "gone", "cluster": {"server": f"https://{CLOSED}"}}],
        "users": [{"name": "nobody", "user": {"token": "t"}}],
        "contexts": [{"name": "gone", "context": {"cluster": "gone", "user": "nobody"}}],
        "current-context": "gone",
    }
    (tmp_path / "kubeconfig").write_text(yaml.safe_dump(config))
    project.write(
        yaml.safe_dump(
            {
                "name": "gone",
                "steps": {
                    "touch": {"uses": "run", "with": {"command": "touch changed"}},
                    "test": {"uses": "run-test-pod", "with": {"image": "x"}},
                },
            }
        )
    )
    finished = project.cdkit("run", KUBECONFIG=str(tmp_path / "kubeconfig"))
    assert finished.code == 4, finished.text
    assert not (project.folder / "changed").exists()
