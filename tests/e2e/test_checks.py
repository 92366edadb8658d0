"""What the checks find on a real cluster before anything is changed, and that what they give to paste is enough."""

from __future__ import annotations

import base64
import re
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest
import yaml

from cdkit.clients.kube.cluster import KubernetesCluster
from cdkit.models.kube import Manifest, ObjectQuery, ObjectRef
from tests.real_world import eventually

from .conftest import Finished, Project
from .tiny import deployment, push_tiny_image

BUDGETS_ARE_STABLE = 21
"""The minor version of Kubernetes from which on disruption budgets are served as `policy/v1`."""


def made(kind: str, name: str, spec: dict[str, Any], api_version: str = "v1") -> Manifest:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name}, "spec": spec}


@pytest.fixture
def image(registry: str, tmp_path: Path) -> str:
    return push_tiny_image(tmp_path / "image", registry)


def release(project: Project, namespace: str, *manifests: Manifest) -> None:
    (project.folder / "manifests.yaml").write_text(yaml.safe_dump_all(manifests), encoding="utf-8")
    step = {"release": {"uses": "apply", "with": {"manifests": "manifests.yaml"}}}
    environments = {"test": {"namespace": namespace}}
    project.write(yaml.safe_dump({"name": "web", "environments": environments, "steps": step}))


def test_quotas_limits_budgets_and_classes_of_a_real_cluster_are_looked_at(
    deployable: Project, cluster: KubernetesCluster, namespace: str, image: str
) -> None:
    around = [
        made("ResourceQuota", "small", {"hard": {"pods": "1", "services.loadbalancers": "0"}}),
        made("LimitRange", "bounds", {"limits": [{"type": "Container", "max": {"memory": "32Mi"}}]}),
        made(
            "PodDisruptionBudget",
            "stubborn",
            {"maxUnavailable": 0, "selector": {"matchLabels": {"app": "web"}}},
            "policy/v1beta1" if int(cluster.version().split(".")[1]) < BUDGETS_ARE_STABLE else "policy/v1",
        ),
    ]
    for item in around:
        cluster.create(item | {"metadata": {**item["metadata"], "namespace": namespace}})
    eventually(
        lambda: ((cluster.get(ObjectRef("v1", "ResourceQuota", "small", namespace)) or {})["status"]).get("hard")
    )
    web = deployment("web", image, replicas=2)
    web["spec"]["template"]["spec"]["containers"][0]["resources"] = {"limits": {"memory": "64Mi"}}  # type: ignore[index]
    claim = {
        "accessModes": ["ReadWriteOnce"],
        "storageClassName": "fast",
        "resources": {"requests": {"storage": "1Gi"}},
    }
    release(deployable, namespace, web, made("PersistentVolumeClaim", "disk", claim))
    found = deployable.cdkit("check")
    assert found.code == 3, found.text
    for said in (
        "The quota small has no room for the deployment: pods (needs 2, has 1) more.",
        "asks for 64Mi of memory; the limit range bounds allows 32Mi",
        "The disruption budget stubborn never lets a pod of Deployment web go",
        "needs the StorageClass fast, and there is none",
    ):
        assert said in found.text
    assert cluster.list(ObjectQuery("apps/v1", "Deployment", namespace))[0] == []


@pytest.fixture
def robot(deployable: Project, cluster: KubernetesCluster, namespace: str, kubeconfig: str) -> Project:
    """The project, with an account that may do nothing."""
    metadata = {"name": "robot", "namespace": namespace}
    cluster.create({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata})
    asked = {"annotations": {"kubernetes.io/service-account.name": "robot"}}
    kind = "kubernetes.io/service-account-token"
    token = ObjectRef.of(
        cluster.create({"apiVersion": "v1", "kind": "Secret", "metadata": metadata | asked, "type": kind})
    )
    data = eventually(lambda: (held := (cluster.get(token) or {}).get("data") or {}).get("token") and held)
    config = yaml.safe_load(Path(kubeconfig).read_text(encoding="utf-8"))
    config["users"][0]["user"] = {"token": base64.b64decode(data["token"]).decode()}
    own = deployable.folder / "kubeconfig"
    own.write_text(yaml.safe_dump(config), encoding="utf-8")
    own.chmod(0o600)
    deployable.environ["KUBECONFIG"] = str(own)
    return deployable


def pasted(finished: Finished) -> list[Manifest]:
    """The manifests among the lines that a person sees."""
    lines = [line.removeprefix("    │ ") for line in finished.text.splitlines()]
    begin = lines.index("apiVersion: rbac.authorization.k8s.io/v1")
    yaml_lines = takewhile(re.compile(r"[ -]|[a-z]\w*:").match, lines[begin:])
    return list(yaml.safe_load_all("\n".join(yaml_lines)))


def test_an_account_that_gets_the_roles_to_paste_may_deploy(
    robot: Project, cluster: KubernetesCluster, namespace: str, image: str
) -> None:
    settings = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}, "data": {"a": "1"}}
    login = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "login"}, "stringData": {"a": "a-password"}}
    release(robot, namespace, settings, login, deployment("web", image))
    refused = robot.cdkit("run")
    assert refused.code == 3, refused.text
    (role,) = pasted(refused)
    cluster.create(role)
    cluster.create(
        {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "RoleBinding",
            "metadata": {"name": "cdkit", "namespace": namespace},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": role["metadata"]["name"]},
            "subjects": [{"kind": "ServiceAccount", "name": "robot", "namespace": namespace}],
        }
    )
    deployed = robot.cdkit("run")
    assert deployed.code == 0, deployed.text
    release(robot, namespace, settings, deployment("web", image))
    pruned = robot.cdkit("run")
    assert pruned.code == 0, pruned.text
    assert "Secret login was removed" in pruned.text
    release(robot, namespace, settings, deployment("web", f"{image}-that-does-not-exist"))
    missing = robot.cdkit("run")
    assert missing.code == 3, missing.text
    assert "its registry has none of that name" in missing.text
