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

questions = [lambda: world.images().ping(), lambda: world.cluster("nowhere")] * 2
threads = [threading.Thread(target=ask, args=(question,)) for question in questions]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(sorted(told))
"""


def test_clients_can_be_made_by_several_threads_at_once_before_their_libraries_are_loaded(tmp_path: Path) -> None:
    (tmp_path / "kubeconfig").write_text(KUBECONFIG)
    away = {**os.environ, "DOCKER_HOST": "tcp://127.0.0.1:9", "KUBECONFIG": str(tmp_path / "kubeconfig")}
    ended = subprocess.run([sys.executable, "-c", RACE], env=away, capture_output=True, text=True, check=False)
    assert ended.stdout.strip() == str(["ClusterUnreachable"] * 2 + ["EngineUnreachable"] * 2), ended.stderr


NO_CLUSTER = """
import sys
from cdkit.clients.real_world import RealWorld
from cdkit.errors import ClusterUnreachable

try:
    RealWorld("/nowhere/kubeconfig").cluster("")
except ClusterUnreachable as error:
    print(error.message, "kubernetes" in sys.modules)
"""


def test_to_say_that_no_cluster_is_configured_takes_no_library() -> None:
    ended = subprocess.run([sys.executable, "-c", NO_CLUSTER], capture_output=True, text=True, check=False)
    assert ended.stdout == "There is no kubeconfig at /nowhere/kubeconfig, so no cluster is configured. False\n"


SCHEMAS = """
import sys
from cdkit.clients.real_world import RealWorld
from cdkit_manifests.versions.library import known_versions

RealWorld(sys.argv[1]).cluster("")
print("kubernetes_validate.utils" in sys.modules, len(known_versions()) > 1)
"""


def test_the_client_does_not_bring_the_schemas_of_kubernetes_which_are_found_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "kubeconfig").write_text(KUBECONFIG)
    command = [sys.executable, "-c", SCHEMAS, str(tmp_path / "kubeconfig")]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.stdout == "False True\n", ended.stderr


def test_urllib3_comes_without_what_it_needs_for_http_2_and_still_has_it_for_who_asks() -> None:
    program = (
        "import sys; from cdkit.clients.http_library import import_urllib3; import_urllib3();"
        "assert 'importlib.metadata' not in sys.modules; import urllib3.connection;"
        "from urllib3.http2 import inject_into_urllib3, probe; assert urllib3.connection.http2_probe is probe"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
