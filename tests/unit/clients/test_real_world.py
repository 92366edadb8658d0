from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from cdkit.clients.real_world import RealWorld
from cdkit.errors import ClusterUnreachable

KUBECONFIG = """
current-context: one
contexts: [{name: one, context: {cluster: one}}, {name: two, context: {cluster: one}}]
clusters: [{name: one, cluster: {server: "https://k.example"}}]
"""


@pytest.fixture
def world(tmp_path: Path) -> RealWorld:
    path = tmp_path / "kubeconfig"
    path.write_text(KUBECONFIG)
    return RealWorld(str(path))


def test_every_thread_gets_the_same_client(world: RealWorld) -> None:
    with ThreadPoolExecutor(8) as pool:
        clusters = list(pool.map(world.cluster, ["one"] * 8))
    assert all(cluster is clusters[0] for cluster in clusters)
    assert world.images() is world.images()
    assert world.processes() is world.processes()


def test_each_context_has_a_client_of_its_own(world: RealWorld) -> None:
    assert world.cluster("one") is not world.cluster("two")


def test_a_context_that_is_unknown_is_refused_each_time(world: RealWorld) -> None:
    for _ in range(2):
        with pytest.raises(ClusterUnreachable, match="no context 'three'"):
            world.cluster("three")
