"""Secret environment variables: in a Secret of the pod, and never in the pod itself."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable

from cdkit.api import Manifest
from cdkit_pods.spec import Container, PodSpec


def needs_secret(spec: PodSpec) -> bool:
    """Whether any container of the pod has secret variables."""
    return any(container.secret_env for container in spec.containers)


def secret_manifest(spec: PodSpec, metadata: Manifest) -> Manifest:
    """The Secret with the variables of all containers."""
    values = {
        _key(container, name): b64encode(value.encode()).decode()
        for container in spec.containers
        for name, value in container.secret_env.items()
    }
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": "Opaque", "data": values}


def references(container: Container, secret: str) -> Iterable[Manifest]:
    """The secret variables of a container, as its `env` names them.

    Args:
        container: what runs.
        secret: the name of the Secret.
    """
    for name in container.secret_env:
        yield {"name": name, "valueFrom": {"secretKeyRef": {"name": secret, "key": _key(container, name)}}}


def belonging(pod: Manifest) -> Manifest:
    """A patch by which an object goes when a pod goes."""
    owner = {"apiVersion": "v1", "kind": "Pod", "name": pod["metadata"]["name"], "uid": pod["metadata"]["uid"]}
    return {"metadata": {"ownerReferences": [owner]}}


def _key(container: Container, name: str) -> str:
    return f"{container.name}.{name}"
