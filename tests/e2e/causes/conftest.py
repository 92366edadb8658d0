"""A place for each case: an image, registries that say no, and a namespace that is gone afterwards."""

from __future__ import annotations

import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from cdkit.clients.kube.cluster import KubernetesCluster
from cdkit.models.kube import ObjectQuery, ObjectRef
from tests.e2e.causes.case import Place
from tests.e2e.causes.played import (
    Played,
    denies,
    hangs,
    own_address,
    playing,
    says,
    wants_the_impossible,
    with_certificate,
)
from tests.e2e.tiny import BUSYBOX, made_for_another_machine


@pytest.fixture(scope="session")
def image(registry: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """An image with a shell, with a file that is no program, and with a program of another machine."""
    folder = tmp_path_factory.mktemp("image")
    (folder / "foreign").write_bytes(made_for_another_machine())
    (folder / "plain").write_text("plain\n", encoding="utf-8")
    for name, mode in (("foreign", 0o755), ("plain", 0o644)):
        (folder / name).chmod(mode)
    shutil.copy(BUSYBOX, folder / "busybox")
    (folder / "Dockerfile").write_text(
        "FROM scratch\nCOPY busybox foreign plain /bin/\nCOPY busybox /bin/sh\nCOPY plain /tmp/\n", encoding="utf-8"
    )
    reference = f"{registry}/causes/web:1.0-{secrets.token_hex(3)}"
    for arguments in (["build", "-q", "-t", reference, str(folder)], ["push", "-q", reference]):
        subprocess.run(["docker", *arguments], check=True, capture_output=True)
    return reference


@pytest.fixture(scope="session")
def node(real_cluster: KubernetesCluster) -> str:
    """The name of the cluster's only node."""
    (node,), _ = real_cluster.list(ObjectQuery("v1", "Node"))
    return str(node["metadata"]["name"])


@pytest.fixture(scope="session")
def played() -> Iterator[dict[str, str]]:
    """Registries that say no, each in its own way."""
    servers = {
        "forbids": Played("127.0.0.1", says(403, "DENIED")),
        "refuses": Played("127.0.0.1", says(405, "UNSUPPORTED")),
        "throttles": Played("127.0.0.1", says(429, "TOOMANYREQUESTS")),
        "hangs": Played("127.0.0.1", hangs),
        "outside": Played(own_address(), says(404, "MANIFEST_UNKNOWN")),
    }
    with ExitStack() as stack:
        yield {name: stack.enter_context(playing(server)).address for name, server in servers.items()}


@pytest.fixture(scope="session")
def webhooks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, str], str]]:
    """Admission webhooks: the address of each, and the certificate that vouches for all of them."""
    folder = tmp_path_factory.mktemp("webhooks")
    servers = {"denies": Played("127.0.0.1", denies), "breaks": Played("127.0.0.1", wants_the_impossible)}
    (authority,) = {with_certificate(server, folder) for server in servers.values()}
    with ExitStack() as stack:
        yield {name: stack.enter_context(playing(server)).address for name, server in servers.items()}, authority


@pytest.fixture
def place(
    real_cluster: KubernetesCluster,
    namespace: str,
    registry: str,
    image: str,
    node: str,
    played: dict[str, str],
    webhooks: tuple[dict[str, str], str],
) -> Iterator[Place]:
    """Where a case is deployed. What its finalizers hold is let go at the end."""
    addresses, authority = webhooks
    servers = {**played, **addresses}
    yield Place(real_cluster, namespace, registry, image, node, servers, authority, secrets.token_hex(3))
    for version, kind in (("v1", "Pod"), ("apps/v1", "Deployment")):
        for held in real_cluster.list(ObjectQuery(version, kind, namespace))[0]:
            if held["metadata"].get("finalizers"):
                ref = ObjectRef(version, kind, held["metadata"]["name"], namespace)
                real_cluster.patch(ref, {"metadata": {"finalizers": None}}, "merge")
