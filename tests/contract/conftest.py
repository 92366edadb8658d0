"""The fakes, and the real cluster, engine and registry that `tests/cluster/up` names."""

from __future__ import annotations

import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cdkit.clients.engine.docker_engine import DockerEngine
from cdkit.clients.kube.cluster import KubernetesCluster
from cdkit.flow.cancellation import Cancellation
from cdkit.models.image import BuildRequest
from cdkit.models.kube import ObjectRef

PROVIDE = "`make cluster` provides it: eval $(tests/cluster/up)"

TINY = """FROM scratch
COPY busybox /bin/busybox
COPY busybox /bin/sh
COPY busybox /bin/sleep
"""


def given(variable: str) -> str:
    value = os.environ.get(variable, "")
    if not value:
        pytest.fail(f"This test needs {variable}. {PROVIDE}")
    return value


def eventually(ask: Callable[[], Any], seconds: float = 30.0) -> Any:
    """The first answer that is true; fails when none was within so many seconds."""
    latest = time.monotonic() + seconds
    while not (answer := ask()):
        assert time.monotonic() < latest, f"not within {seconds} s"
        time.sleep(0.05)
    return answer


@pytest.fixture(scope="session")
def kubeconfig() -> str:
    """The test cluster's kubeconfig."""
    return given("CDKIT_TEST_KUBECONFIG")


@pytest.fixture(scope="session")
def registry() -> str:
    """The test registry's host and port."""
    return given("CDKIT_TEST_REGISTRY")


@pytest.fixture(scope="session")
def real_cluster(kubeconfig: str) -> KubernetesCluster:
    """A client of the test cluster."""
    return KubernetesCluster.connect("", kubeconfig=kubeconfig)


@pytest.fixture
def namespace(real_cluster: KubernetesCluster) -> Iterator[str]:
    """A namespace of the test's own, gone afterwards."""
    name = f"cdkit-test-{secrets.token_hex(4)}"
    real_cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    account = ObjectRef("v1", "ServiceAccount", "default", name)
    # A pod cannot be created before the namespace's default account is there.
    eventually(lambda: real_cluster.get(account))
    yield name
    real_cluster.delete(ObjectRef("v1", "Namespace", name))


@pytest.fixture(scope="session")
def tiny_image(registry: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """An image that holds a shell and nothing else, in the test registry."""
    busybox = shutil.which("busybox")
    if busybox is None:
        pytest.fail("This test needs a static busybox: apt-get install busybox-static")
    folder = tmp_path_factory.mktemp("tiny")
    shutil.copy(busybox, folder / "busybox")
    dockerfile = folder / "Dockerfile"
    dockerfile.write_text(TINY)
    engine, reference = DockerEngine(), f"{registry}/cdkit-test/tiny:1"
    request = BuildRequest(context=str(folder), dockerfile=str(dockerfile))
    image = engine.build(request, on_line=lambda _: None, cancellation=Cancellation())
    engine.tag(image, reference)
    engine.push(reference, credentials=None, on_progress=lambda *_: None, cancellation=Cancellation())
    return reference


def write_kubeconfig(folder: Path, server: str, ca: str = "") -> str:
    """A kubeconfig without any credentials."""
    authority = f"certificate-authority: {ca}" if ca else "insecure-skip-tls-verify: true"
    path = folder / f"kubeconfig-{secrets.token_hex(4)}"
    path.write_text(
        f"""
        current-context: test
        contexts: [{{name: test, context: {{cluster: test}}}}]
        clusters: [{{name: test, cluster: {{server: "{server}", {authority}}}}}]
        """
    )
    return str(path)
