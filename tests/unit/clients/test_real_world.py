from __future__ import annotations

import os
import subprocess
import sys
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


RACE = """
import threading
from cdkit.clients.real_world import RealWorld

world, told = RealWorld(), []

def ask(question):
    try:
        question()
    except Exception as error:
        told.append(type(error).__name__)

questions = [lambda: world.images().ping(), lambda: world.cluster("").version()] * 2
threads = [threading.Thread(target=ask, args=(question,)) for question in questions]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(sorted(told))
"""


def test_clients_can_be_made_by_several_threads_at_once_before_their_libraries_are_loaded() -> None:
    away = {**os.environ, "DOCKER_HOST": "tcp://127.0.0.1:9", "KUBECONFIG": "/nowhere/kubeconfig"}
    ended = subprocess.run([sys.executable, "-c", RACE], env=away, capture_output=True, text=True, check=False)
    assert ended.stdout.strip() == str(["ClusterUnreachable"] * 2 + ["EngineUnreachable"] * 2), ended.stderr
