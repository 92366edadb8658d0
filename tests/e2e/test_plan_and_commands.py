"""What a person sees of a deployment before, after and long after it: plan, status, history and the way back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from cdkit.clients.kube.cluster import KubernetesCluster
from cdkit.models.kube import ObjectRef

from .conftest import Finished, Project, deployment_image
from .tiny import deployment, push_tiny_image

PASSWORDS = ("hunter2-old", "swordfish-new")
ENV = ("--env", "live")


@pytest.fixture(scope="module")
def image(registry: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """An image that runs."""
    return push_tiny_image(tmp_path_factory.mktemp("tiny"), registry)


class Shop:
    """A project whose manifests change."""

    def __init__(self, project: Project, namespace: str, image: str) -> None:
        self.project = project
        self.image = image
        step = {"uses": "apply", "with": {"manifests": "manifests.yaml"}}
        pipeline = {"name": "shop", "environments": {"live": {"namespace": namespace}}, "steps": {"release": step}}
        project.write(yaml.safe_dump(pipeline))

    def write(self, value: str, password: str, *further: dict[str, Any], level: str = "info") -> None:
        web: dict[str, Any] = deployment("web", self.image)
        web["spec"]["template"]["spec"]["containers"][0]["env"] = [{"name": "LEVEL", "value": level}]
        objects = [
            {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "login"}, "stringData": {"password": password}},
            {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "settings"}, "data": {"web.conf": value}},
            web,
            *further,
        ]
        Path(self.project.folder, "manifests.yaml").write_text(yaml.safe_dump_all(objects), encoding="utf-8")

    def cdkit(self, command: str, *arguments: str) -> Finished:
        finished = self.project.cdkit(command, *ENV, *arguments)
        assert not any(password in finished.text for password in PASSWORDS)
        return finished


@pytest.fixture
def shop(deployable: Project, namespace: str, image: str) -> Shop:
    return Shop(deployable, namespace, image)


def lines_of(finished: Finished) -> list[str]:
    return [line.rstrip() for line in finished.out.splitlines()]


def test_a_plan_shows_each_field_and_no_secret_and_then_status_history_and_rollback_tell(
    shop: Shop, cluster: KubernetesCluster, namespace: str
) -> None:
    shop.write("a: 1\nb: 2\n", PASSWORDS[0])
    first = shop.cdkit("plan", "--exit-code")
    assert first.code == 1, first.text
    assert lines_of(first) == [
        "release (apply)",
        "  create  Secret login",
        "  create  ConfigMap settings",
        "  create  Deployment web",
    ]
    assert shop.cdkit("run").code == 0
    assert shop.cdkit("plan", "--exit-code").code == 0
    well = shop.cdkit("status")
    assert well.code == 0, well.text

    definition = {"apiVersion": "example.com/v1", "kind": "Backup", "metadata": {"name": "daily"}}
    shop.write("a: 1\nb: 3\n", PASSWORDS[1], level="debug")
    plan = shop.cdkit("plan", "--exit-code")
    assert plan.code == 1, plan.text
    shown = [line for line in lines_of(plan) if "data.password" not in line]
    assert shown == [
        "release (apply)",
        "  update  Secret login",
        "  update  ConfigMap settings",
        '        data["web.conf"]:',
        "          a: 1",
        "      -   b: 2",
        "      +   b: 3",
        "  update  Deployment web",
        "      - spec.template.spec.containers[name=web].env[name=LEVEL].value: info",
        "      + spec.template.spec.containers[name=web].env[name=LEVEL].value: debug",
    ]
    assert "```diff\n" in shop.cdkit("plan", "-o", "markdown").out
    shop.write("a: 1\nb: 3\n", PASSWORDS[1], definition)
    doomed = shop.cdkit("plan", "--exit-code")
    assert doomed.code == 3, doomed.text
    assert "does not serve example.com/v1 Backup" in doomed.out

    shop.write("a: 1\nb: 3\n", PASSWORDS[1], level="debug")
    assert shop.cdkit("run").code == 0
    cluster.patch(ObjectRef("v1", "ConfigMap", "settings", namespace), {"data": {"web.conf": "by hand"}}, "merge")
    changed = shop.cdkit("status", "-o", "json")
    assert changed.code == 1, changed.text
    state = json.loads(changed.out)
    assert [change["subject"] for change in state["drift"]] == ["ConfigMap settings"]
    assert (state["deployed"]["revision"], state["workloads"][0]["state"]) == (2, "ready")

    back = shop.cdkit("rollback")
    assert back.code == 0, back.text
    history = json.loads(shop.cdkit("history", "-o", "json").out)
    assert [(record["revision"], record["restores"]) for record in history] == [(3, 1), (2, 0), (1, 0)]
    live = cluster.get(ObjectRef("v1", "ConfigMap", "settings", namespace)) or {}
    assert live["data"] == {"web.conf": "a: 1\nb: 2\n"}
    assert deployment_image(cluster, namespace, "web") == shop.image
    assert shop.cdkit("status").code == 0


def test_a_field_that_cannot_change_is_named_and_recreating_offered(shop: Shop) -> None:
    database: dict[str, Any] = deployment("db", shop.image, replicas=0)
    database |= {"kind": "StatefulSet", "spec": {**database["spec"], "serviceName": "one"}}
    shop.write("a", PASSWORDS[0], database)
    assert shop.cdkit("run").code == 0
    shop.write("a", PASSWORDS[0], {**database, "spec": {**database["spec"], "serviceName": "two"}})
    refused = shop.cdkit("plan")
    assert refused.code == 3, refused.text
    assert 'spec.serviceName is "one" and would be "two"' in refused.out
    run = shop.cdkit("run")
    assert run.code in {3, 4}, run.text
    assert 'spec.serviceName is "one" and would be "two"' in run.text
    assert "recreate: where-needed" in run.text
