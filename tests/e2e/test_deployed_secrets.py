"""Secrets that are deployed appear nowhere, also when the API server quotes them: no difference, error or record."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from cdkit.clients.kube.cluster import KubernetesCluster
from cdkit.models.kube import Manifest, ObjectQuery, ObjectRef

from .causes.played import Played, echoes, playing, with_certificate
from .conftest import Finished, Project

TOKEN = "the-token-of-the-pipeline"
LONG = "".join(f"{number}-of-a-long-token/" for number in range(60))
QUOTED = 'say "friend" & <enter>'
KEY = "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\n-----END KEY-----\n"
SECRET_WORDS = (TOKEN, "-of-a-long-token", "friend", "MIIEvQIBADANBgk", "BKcwggSjAgEAAoIBAQ", "old-password")


@pytest.fixture
def refused(real_cluster: KubernetesCluster, namespace: str, tmp_path: Path) -> Iterator[dict[str, str]]:
    """Labels of objects that an admission webhook refuses, and quotes."""
    server, name = Played("127.0.0.1", echoes), f"echo-{namespace}"
    authority = with_certificate(server, tmp_path)
    hook = {
        "name": "echo.example.com",
        "clientConfig": {"url": f"https://{server.address}/", "caBundle": authority},
        "rules": [
            {
                "apiGroups": ["", "apps"],
                "apiVersions": ["v1"],
                "operations": ["CREATE", "UPDATE"],
                "resources": ["secrets", "deployments"],
            }
        ],
        "objectSelector": {"matchLabels": {"echo": namespace}},
        "admissionReviewVersions": ["v1"],
        "sideEffects": "None",
    }
    version, kind = "admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration"
    with playing(server):
        real_cluster.create({"apiVersion": version, "kind": kind, "metadata": {"name": name}, "webhooks": [hook]})
        yield {"echo": namespace}
        real_cluster.delete(ObjectRef(version, kind, name))


def login(labels: dict[str, str], **data: str) -> Manifest:
    """A Secret, and what kubectl would keep of it in an annotation."""
    bare: Manifest = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "login"}, "stringData": data}
    applied = {"kubectl.kubernetes.io/last-applied-configuration": json.dumps(bare)}
    return bare | {"metadata": {"name": "login", "labels": labels, "annotations": applied}}


def web(labels: dict[str, str], token: str = TOKEN) -> Manifest:
    """A Deployment without pods, that has a secret of the pipeline in a variable."""
    env = [{"name": "TOKEN", "value": token}, {"name": "MODE", "value": labels.get("mode", "plain")}]
    pod = {"containers": [{"name": "web", "image": "registry.invalid/web:1", "env": env}]}
    template = {"metadata": {"labels": {"app": "web"}}, "spec": pod}
    spec = {"replicas": 0, "selector": {"matchLabels": {"app": "web"}}, "template": template}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "labels": labels}, "spec": spec}


class Application:
    """An application of whose pipeline the token is a secret."""

    def __init__(self, project: Project, namespace: str) -> None:
        self._project = project
        self._namespace = namespace

    def writes(self, *manifests: Manifest, **options: Any) -> None:
        release = {"uses": "apply", "with": {"manifests": "manifests.yaml", "wait": "20s", **options}}
        pipeline = {
            "name": "shop",
            "environments": {"test": {"namespace": self._namespace}},
            "secrets": {"TOKEN": {"env": "MY_TOKEN"}},
            "steps": {"release": release},
        }
        self._project.write(yaml.safe_dump(pipeline))
        (self._project.folder / "manifests.yaml").write_text(yaml.safe_dump_all(manifests), encoding="utf-8")

    def cdkit(self, *arguments: str) -> Finished:
        """Run cdkit, and see that nothing secret is in what it shows or writes down."""
        finished = self._project.cdkit(*arguments, MY_TOKEN=TOKEN)
        files = [path for path in (self._project.folder / ".cdkit").rglob("*") if path.is_file()]
        shows_no_secret(finished.text + "".join(path.read_text(errors="replace") for path in files))
        return finished


@pytest.fixture
def application(deployable: Project, namespace: str) -> Application:
    return Application(deployable, namespace)


def shows_no_secret(text: str) -> None:
    encoded = [base64.b64encode(word.encode()).decode()[:24] for word in (TOKEN, LONG, QUOTED, KEY, "old-password")]
    assert [word for word in (*SECRET_WORDS, *encoded) if word in text] == []


def records(cluster: KubernetesCluster, namespace: str) -> str:
    """All that the ConfigMaps of the records hold."""
    kept, _ = cluster.list(ObjectQuery("v1", "ConfigMap", namespace, "cdkit.dev/record"))
    packed = [base64.b64decode(item["binaryData"]["contents"]) for item in kept]
    assert packed
    return json.dumps(kept) + "".join(gzip.decompress(each).decode() for each in packed)


@pytest.mark.parametrize("arguments", [("check",), ("plan",), ("plan", "-o", "json"), ("plan", "-o", "markdown")])
def test_a_refusal_that_quotes_a_secret_is_told_without_it_before_anything_is_changed(
    application: Application, refused: dict[str, str], arguments: tuple[str, ...]
) -> None:
    application.writes(login(refused, long=LONG, quoted=QUOTED, key=KEY), web(refused))
    finished = application.cdkit(*arguments)
    assert "not allowed: " in finished.text
    assert "***" in finished.text


def test_a_deployment_that_is_refused_with_its_secrets_quoted_tells_and_records_none(
    application: Application, refused: dict[str, str], cluster: KubernetesCluster, namespace: str
) -> None:
    application.writes(login({}, password="old-password"), web({}))
    assert application.cdkit("run").code == 0
    shows_no_secret(records(cluster, namespace))

    application.writes(login({}, long=LONG, quoted=QUOTED, key=KEY), web(refused | {"mode": "x"}), preflight="off")
    failed = application.cdkit("run")
    assert failed.code == 6, failed.text
    assert "not allowed: " in failed.text
    shows_no_secret(records(cluster, namespace))
    for arguments in (("history",), ("status",), ("status", "-o", "json")):
        application.cdkit(*arguments)

    application.writes(login({}, password="n0t base64!"), web({}))
    assert application.cdkit("plan").code == 0


def test_a_secret_that_cannot_be_read_and_one_that_is_renewed_are_not_quoted(
    application: Application, cluster: KubernetesCluster, namespace: str
) -> None:
    manifest = web({}, token="old-password")
    manifest["metadata"]["namespace"] = namespace
    cluster.apply(manifest, manager="kubectl-client-side-apply")
    broken = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "login"}, "data": {"key": f"{TOKEN}: {LONG}"}}
    application.writes(broken)
    refused = application.cdkit("check")
    assert refused.code == 3
    assert "illegal base64 data" in refused.text

    application.writes(web({}))
    assert application.cdkit("run").code == 4
    application.writes(web({}), conflicts="force")
    assert "***" in application.cdkit("plan").text
    assert application.cdkit("run").code == 0
    shows_no_secret(records(cluster, namespace))
