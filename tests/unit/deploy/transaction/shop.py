"""An application in a fake cluster: its manifests, the controllers that run it, and builds that deploy it."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from cdkit.flow.cancellation import Cancellation
from cdkit.models.build import Build
from cdkit.models.environment import Environment
from cdkit.models.kube import Manifest, ObjectRef
from cdkit.ports.cluster import Cluster
from cdkit.step import Step
from cdkit.testing import FakeCluster, FakeCommits, FakeWorld, StepRun, run_step
from cdkit_deploy.apply import Apply
from cdkit_deploy.ledger.ledger import Ledger
from cdkit_deploy.ledger.names import Deployment
from cdkit_deploy.ledger.record import Record

NAMESPACE = "team"
STUCK = {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded", "message": "it is stuck"}


def an_object(kind: str, name: str, version: str = "v1", **body: Any) -> Manifest:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": name}, **body}


def config_map(name: str, **data: str) -> Manifest:
    return an_object("ConfigMap", name, data=data)


def secret(name: str, **data: str) -> Manifest:
    return an_object("Secret", name, stringData=data)


def service(port: int) -> Manifest:
    return an_object("Service", "web", spec={"ports": [{"port": port}], "clusterIP": "None"})


def deployment(image: str, replicas: int | None = 1, name: str = "web") -> Manifest:
    labels = {"app": name}
    pod = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "web", "image": image}]}}
    spec = {"selector": {"matchLabels": labels}, "template": pod}
    count = {} if replicas is None else {"replicas": replicas}
    return an_object("Deployment", name, "apps/v1", spec=spec | count)


def annotated(manifest: Manifest, **annotations: str) -> Manifest:
    marks = {f"cdkit.dev/{name.replace('_', '-')}": value for name, value in annotations.items()}
    return manifest | {"metadata": manifest["metadata"] | {"annotations": marks}}


def a_controller(cluster: FakeCluster, manifest: Manifest) -> None:
    """The part of the deployment controller: an image whose name begins with `good` rolls out at once, others never."""
    good = manifest["spec"]["template"]["spec"]["containers"][0]["image"].startswith("good")
    count = manifest["spec"].get("replicas", 1)
    ready = count if good else 0
    status = {
        "observedGeneration": manifest["metadata"].get("generation", 1),
        "conditions": [] if good else [STUCK],
        **dict.fromkeys(("replicas", "updatedReplicas"), count),
        **dict.fromkeys(("availableReplicas", "readyReplicas"), ready),
    }
    cluster.put_status(ObjectRef.of(manifest), status)


class Shop:
    """One application, `shop`, in the environment `live`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cluster = FakeCluster(NAMESPACE)
        self.cluster.react("Deployment", a_controller)

    def deploy(
        self,
        *objects: Manifest,
        cluster: Cluster | None = None,
        commit: str = "",
        secrets: Iterable[str] = (),
        **options: Any,
    ) -> StepRun:
        """Apply these manifests."""
        (self.folder / "manifests.yaml").write_text(yaml.safe_dump_all(objects), encoding="utf-8")
        chosen = {"manifests": "manifests.yaml", "preflight": "off", **options}
        return self.run(Apply, chosen, cluster=cluster, commit=commit, secrets=secrets)

    def run(
        self,
        kind: type[Step],
        options: dict[str, Any],
        *,
        cluster: Cluster | None = None,
        commit: str = "",
        cancellation: Cancellation | None = None,
        secrets: Iterable[str] = (),
    ) -> StepRun:
        """Run a step of the application's pipeline."""
        return run_step(
            kind,
            options,
            world=FakeWorld(cluster=cluster or self.cluster, commits=FakeCommits.line("one", "two", "three")),
            workspace=self.folder,
            environment=Environment("live", "", NAMESPACE),
            application="shop",
            build=Build(commit=commit),
            cancellation=cancellation,
            secrets=secrets,
        )

    def get(self, kind: str, name: str, version: str = "v1") -> Manifest | None:
        """An object of the application as it is now."""
        return self.cluster.get(ObjectRef(version, kind, name, NAMESPACE))

    def live(self, kind: str, name: str, version: str = "v1") -> Manifest:
        """An object of the application that has to be there."""
        found = self.get(kind, name, version)
        assert found is not None, f"there is no {kind} {name}"
        return found

    def data(self, name: str) -> dict[str, str]:
        """The data of a ConfigMap."""
        found: dict[str, str] = self.live("ConfigMap", name)["data"]
        return found

    def secret(self, name: str) -> dict[str, str]:
        """The data of a Secret, decoded."""
        return {key: base64.b64decode(value).decode() for key, value in self.live("Secret", name)["data"].items()}

    @property
    def image(self) -> str:
        """The image of the Deployment `web`."""
        return str(self.live("Deployment", "web", "apps/v1")["spec"]["template"]["spec"]["containers"][0]["image"])

    @property
    def records(self) -> list[Record]:
        """The records in the cluster, oldest first."""
        return Ledger(self.cluster, NAMESPACE, Deployment("shop", "live")).records()

    @property
    def verdicts(self) -> list[str]:
        """How the deployments ended."""
        return [record.verdict for record in self.records]
