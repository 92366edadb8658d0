"""The test cluster behind a proxy that lets things go wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cdkit.clients.kube.cluster import KubernetesCluster
from tests.contract.conftest import tiny_image
from tests.faults.api_server import connection_to, kubeconfig_of
from tests.faults.proxy import Proxy

__all__ = ["tiny_image"]


@pytest.fixture
def proxy(kubeconfig: str, tmp_path: Path) -> Iterator[Proxy]:
    """A proxy before the API server; faultless until a test chooses otherwise."""
    with Proxy(connection_to(kubeconfig, tmp_path)) as proxy:
        yield proxy


@pytest.fixture
def faulty_kubeconfig(proxy: Proxy, kubeconfig: str, tmp_path: Path) -> str:
    """A kubeconfig that leads through the proxy."""
    return kubeconfig_of(proxy, kubeconfig, tmp_path)


@pytest.fixture
def faulty_cluster(faulty_kubeconfig: str) -> KubernetesCluster:
    """A client that is led through the proxy."""
    return KubernetesCluster.connect("", kubeconfig=faulty_kubeconfig)
