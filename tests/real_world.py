"""The real engine, registry and cluster that `tests/cluster/up` names, for every test that needs them."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from cdkit.clients.kube.cluster import KubernetesCluster
from cdkit.models.kube import ObjectRef

PROVIDE = "`make cluster` provides it: eval $(tests/cluster/up)"


def given(variable: str) -> str:
    """The value of a variable; a test that needs one that is not set fails, and says what provides it."""
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
def base() -> str:
    """An image with Python to build on."""
    return given("CDKIT_TEST_BASE")


@pytest.fixture(scope="session")
def real_cluster(kubeconfig: str) -> KubernetesCluster:
    """A client of the test cluster."""
    return KubernetesCluster.connect("", kubeconfig=kubeconfig)


@contextmanager
def own_namespace(real_cluster: KubernetesCluster) -> Iterator[str]:
    """A namespace for the time of a block, gone afterwards."""
    name = f"cdkit-test-{secrets.token_hex(4)}"
    real_cluster.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
    account = ObjectRef("v1", "ServiceAccount", "default", name)
    # A pod cannot be created before the namespace's default account is there.
    eventually(lambda: real_cluster.get(account))
    try:
        yield name
    finally:
        real_cluster.delete(ObjectRef("v1", "Namespace", name))


@pytest.fixture
def namespace(real_cluster: KubernetesCluster) -> Iterator[str]:
    """A namespace of the test's own, gone afterwards."""
    with own_namespace(real_cluster) as name:
        yield name
