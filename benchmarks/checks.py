"""What is looked at before a deployment changes anything."""

from __future__ import annotations

import os
import secrets
import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from benchmarks.set_image import push
from benchmarks.timing import Figure, command, seconds_of

ROUNDS = 7
APPLICATIONS = 20
"""Each with a Deployment, a Service, a ConfigMap, a Secret and an account."""


def figures() -> Iterator[Figure]:
    """The seconds of `cdkit check` of a deployment of 100 objects, its own start included."""
    kubectl = [os.environ["CDKIT_TEST_KUBECTL"], "--kubeconfig", os.environ["CDKIT_TEST_KUBECONFIG"]]
    namespace = f"cdkit-bench-{secrets.token_hex(3)}"
    command([*kubectl, "create", "namespace", namespace])
    try:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            _write(folder, namespace, push(folder, "checked"))
            environ = {**os.environ, "KUBECONFIG": os.environ["CDKIT_TEST_KUBECONFIG"]}
            check = [sys.executable, "-m", "cdkit", "check", "--file", str(folder / "cdkit.yaml")]
            taken = [seconds_of(lambda: command(check, env=environ)) for _ in range(ROUNDS + 1)][1:]
    finally:
        command([*kubectl, "delete", "namespace", namespace, "--wait=false"])
    what = f"check of a deployment of {APPLICATIONS * 5} objects"
    yield Figure(what, statistics.median(taken), 2.0, "s", f"{min(taken):.2f} s to {max(taken):.2f} s")


def _write(folder: Path, namespace: str, image: str) -> None:
    objects = [item for number in range(APPLICATIONS) for item in _application(f"web-{number}", image)]
    (folder / "manifests.yaml").write_text(yaml.safe_dump_all(objects))
    step = {"uses": "apply", "with": {"manifests": "manifests.yaml"}}
    environments = {"bench": {"namespace": namespace}}
    (folder / "cdkit.yaml").write_text(
        yaml.safe_dump({"name": "shop", "environments": environments, "steps": {"release": step}})
    )


def _application(name: str, image: str) -> list[dict[str, Any]]:
    labels, metadata = {"app": name}, {"name": name}
    container = {
        "name": "web",
        "image": image,
        "envFrom": [{"configMapRef": metadata}, {"secretRef": metadata}],
        "resources": {"requests": {"cpu": "1m", "memory": "8Mi"}},
    }
    pod = {"serviceAccountName": name, "containers": [container]}
    template = {"metadata": {"labels": labels}, "spec": pod}
    return [
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata},
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"MODE": "fast"}},
        {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": {"TOKEN": f"token-of-{name}"}},
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": metadata,
            "spec": {"selector": labels, "ports": [{"port": 80, "protocol": "TCP"}]},
        },
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": metadata,
            "spec": {"replicas": 1, "selector": {"matchLabels": labels}, "template": template},
        },
    ]
