"""Whole deployments on the real cluster: applied in order, recorded, pruned, undone, and found again after a kill."""

from __future__ import annotations

import base64
import json
import os
import random
import signal
import time
from typing import Any

import pytest
import yaml

from cdkit.clients.kube.cluster import KubernetesCluster
from cdkit.models.kube import Manifest, ObjectQuery, ObjectRef
from tests.real_world import eventually

from .conftest import Finished, Project, deployment_image
from .tiny import deployment, push_tiny_image

MOMENTS = 50 if os.environ.get("CDKIT_SOAK") else 3
"""How many kills: a sample of the long campaign in an ordinary run."""


def made(kind: str, name: str, version: str = "v1", **body: Any) -> Manifest:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name}, **body}


def web(image: str) -> Manifest:
    """A Deployment that reads a ConfigMap and a Secret."""
    item: dict[str, Any] = deployment("web", image)
    (container,) = item["spec"]["template"]["spec"]["containers"]
    container["envFrom"] = [{"configMapRef": {"name": "settings"}}, {"secretRef": {"name": "login"}}]
    return item


class App:
    """An application in a namespace of its own, deployed by `cdkit run`."""

    def __init__(self, project: Project, cluster: KubernetesCluster, namespace: str) -> None:
        self.project = project
        self.cluster = cluster
        self.namespace = namespace

    def write(self, *objects: Manifest, **options: Any) -> None:
        """Put the pipeline and its manifests there."""
        (self.project.folder / "manifests.yaml").write_text(yaml.safe_dump_all(objects))
        self._write("apply", {"manifests": "manifests.yaml", **options})

    def deploy(self, *objects: Manifest, **options: Any) -> Finished:
        """Run it to its end."""
        self.write(*objects, **options)
        return self.project.cdkit("run")

    def run(self, uses: str, **options: Any) -> Finished:
        """Run another step of the same application."""
        self._write(uses, options)
        return self.project.cdkit("run")

    def _write(self, uses: str, options: dict[str, Any]) -> None:
        pipeline = {
            "name": "shop",
            "environments": {"test": {"namespace": self.namespace}},
            "steps": {"release": {"uses": uses, "with": options}},
        }
        self.project.write(yaml.safe_dump(pipeline))

    def get(self, kind: str, name: str, version: str = "v1") -> Manifest | None:
        """An object of it."""
        return self.cluster.get(ObjectRef(version, kind, name, self.namespace))

    def data(self, name: str) -> dict[str, str]:
        """The data of a ConfigMap."""
        return dict((self.get("ConfigMap", name) or {}).get("data", {}))

    def secret(self, name: str) -> str:
        """The password in a Secret."""
        return base64.b64decode((self.get("Secret", name) or {})["data"]["password"]).decode()

    @property
    def verdicts(self) -> list[str]:
        """How its deployments ended."""
        records, _ = self.cluster.list(ObjectQuery("v1", "ConfigMap", self.namespace, "cdkit.dev/record=deployment"))
        ordered = sorted(records, key=lambda item: int(item["metadata"]["labels"]["cdkit.dev/revision"]))
        return [item["metadata"]["labels"]["cdkit.dev/verdict"] for item in ordered]


@pytest.fixture
def app(deployable: Project, cluster: KubernetesCluster, namespace: str) -> App:
    """An empty application."""
    return App(deployable, cluster, namespace)


@pytest.fixture(scope="session")
def images(registry: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """Two images that run."""
    folder = tmp_path_factory.mktemp("images")
    return push_tiny_image(folder / "one", registry), push_tiny_image(folder / "two", registry)


def old(image: str) -> list[Manifest]:
    return [
        made("ConfigMap", "settings", data={"COLOUR": "blue"}),
        made("ConfigMap", "leaving"),
        made("Secret", "login", stringData={"password": "first-secret"}),
        made("Service", "web", spec={"selector": {"app": "web"}, "ports": [{"port": 80, "protocol": "TCP"}]}),
        web(image),
    ]


def new(image: str) -> list[Manifest]:
    return [
        made("ConfigMap", "settings", data={"COLOUR": "green"}),
        made("ConfigMap", "coming"),
        made("Secret", "login", stringData={"password": "second-secret"}),
        made("Service", "web", spec={"selector": {"app": "web"}, "ports": [{"port": 81, "protocol": "TCP"}]}),
        web(image),
    ]


def other(image: str) -> list[Manifest]:
    return [
        made("ConfigMap", "settings", data={"COLOUR": "red"}),
        made("ConfigMap", "another"),
        made("Secret", "login", stringData={"password": "third-secret"}),
        web(image),
    ]


def state(app: App) -> dict[str, Any]:
    """All that tells the old revision from the new one."""
    return {
        "colour": app.data("settings").get("COLOUR"),
        "leaving": app.get("ConfigMap", "leaving") is not None,
        "coming": app.get("ConfigMap", "coming") is not None,
        "password": app.secret("login"),
        "port": (app.get("Service", "web") or {})["spec"]["ports"][0]["port"],
        "image": deployment_image(app.cluster, app.namespace, "web"),
    }


def is_old(app: App, image: str) -> bool:
    wanted = ("blue", True, False, "first-secret", 80, image)
    return tuple(state(app).values()) == wanted


def is_new(app: App, image: str) -> bool:
    wanted = ("green", False, True, "second-secret", 81, image)
    return tuple(state(app).values()) == wanted


def test_a_deployment_is_applied_pruned_undone_and_rolled_back(app: App, images: tuple[str, str]) -> None:
    assert app.deploy(*old(images[0])).code == 0
    assert is_old(app, images[0])

    failed = app.deploy(*new(f"{images[0]}-missing"), preflight="off")
    assert failed.code == 6, failed.text
    assert is_old(app, images[0]), state(app)

    done = app.deploy(*new(images[1]))
    assert done.code == 0, done.text
    assert is_new(app, images[1]), state(app)
    assert app.verdicts == ["verified", "rolled-back", "verified"]

    back = app.run("rollback")
    assert back.code == 0, back.text
    assert is_old(app, images[0]), state(app)
    shown = failed.text + done.text + back.text
    assert "second-secret" not in shown
    assert "first-secret" not in shown


def test_an_image_that_is_set_is_a_revision_of_its_own(app: App, images: tuple[str, str]) -> None:
    assert app.deploy(*old(images[0])).code == 0
    done = app.run("set-image", workload="web", image=images[1])
    assert done.code == 0, done.text
    history = json.loads(app.project.cdkit("history", "--output", "json").out)
    assert [(record["via"], record["verdict"], record["images"]) for record in history] == [
        ("set-image deployment/web", "verified", [images[1]]),
        ("", "verified", [images[0]]),
    ]
    status = app.project.cdkit("status")
    assert status.code == 0, status.text

    failed = app.deploy(*new(f"{images[0]}-missing"), preflight="off")
    assert failed.code == 6, failed.text
    assert is_old(app, images[1]), state(app)

    back = app.run("rollback", revision=1)
    assert back.code == 0, back.text
    assert is_old(app, images[0]), state(app)


def test_the_replicas_that_an_autoscaler_has_set_stay(
    app: App, cluster: KubernetesCluster, namespace: str, images: tuple[str, str]
) -> None:
    """An autoscaler of the cluster that is not in the manifests: it raises the number to its least one."""

    def replicas() -> int:
        live = app.get("Deployment", "web", "apps/v1") or {}
        return int(live["spec"]["replicas"])

    item = deployment("web", images[0])
    assert app.deploy(item).code == 0
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"}
    autoscaler = made(
        "HorizontalPodAutoscaler",
        "web",
        "autoscaling/v1",
        spec={"scaleTargetRef": target, "minReplicas": 2, "maxReplicas": 3},
    )
    cluster.create(autoscaler | {"metadata": {"name": "web", "namespace": namespace}})
    eventually(lambda: replicas() == 2, 60.0)
    done = app.deploy(item, made("ConfigMap", "more"))
    assert done.code == 0, done.text
    again = app.deploy(deployment("web", images[1]))
    assert again.code == 0, again.text
    assert replicas() == 2


def test_soak_of_deployments_that_are_killed_at_random_moments(
    app: App, images: tuple[str, str], request: pytest.FixtureRequest
) -> None:
    """At random moments of a rollout with a changed ConfigMap and Secret and a prune; a few in an ordinary run."""
    chance = random.Random(request.node.name)
    assert app.deploy(*old(images[0])).code == 0
    longest = app.deploy(*new(images[1])).seconds
    assert is_new(app, images[1])
    forth = False
    for number in range(MOMENTS):
        wanted, check = (new(images[1]), is_new) if forth else (old(images[0]), is_old)
        app.write(*wanted)
        process = app.project.start("run")
        time.sleep(chance.uniform(0.2, longest))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        # How long a dead holder's turn lasts is proven elsewhere; here it would only cost time.
        app.cluster.delete(ObjectRef("coordination.k8s.io/v1", "Lease", "cdkit-shop.test", app.namespace))
        if number % 3 == 2 and app.verdicts[-1] == "pending":
            failed = app.deploy(*other(f"{images[0]}-missing"), preflight="off")
            assert failed.code == 6, failed.text
            assert is_old(app, images[0]) if forth else is_new(app, images[1]), (number, state(app))
        else:
            again = app.deploy(*wanted)
            assert again.code == 0, again.text
            assert check(app, images[1] if forth else images[0]), (number, state(app))
            forth = not forth
