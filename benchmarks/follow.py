"""What it costs to watch a rollout of 50 replicas: requests to the API server, counted by a proxy, and memory."""

from __future__ import annotations

import os
import secrets
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.timing import Figure, command, megabytes
from tests.e2e.tiny import push_tiny_image
from tests.faults.api_server import connection_to, is_watch, kubeconfig_of
from tests.faults.proxy import Proxy

REPLICAS = 50
LONGEST = 600.0


def figures() -> Iterator[Figure]:
    """The requests beyond the watches, how many of those ask again for the same, and the memory."""
    given = os.environ["CDKIT_TEST_KUBECONFIG"]
    namespace = f"cdkit-bench-{secrets.token_hex(3)}"
    kubectl = [os.environ["CDKIT_TEST_KUBECTL"], "--kubeconfig", given]
    command([*kubectl, "create", "namespace", namespace])
    try:
        with tempfile.TemporaryDirectory() as name, Proxy(connection_to(given, Path(name))) as proxy:
            _deploy([*kubectl, "-n", namespace], Path(name))
            memory = _follow(kubeconfig_of(proxy, given, Path(name)), namespace)
    finally:
        command([*kubectl, "delete", "namespace", namespace, "--wait=false"])
    others = [request.path for request in proxy.requests if not is_watch(request)]
    watches = len(proxy.requests) - len(others)
    again = len(others) - len(set(others))
    detail = f"beside {watches} watches, {again} of them again"
    yield Figure(f"requests of watching {REPLICAS} replicas, beyond watches", len(others), 10, "", detail)
    yield Figure(f"memory of watching {REPLICAS} replicas", memory, 120, "MB", "the most that was resident")


def _deploy(kubectl: list[str], folder: Path) -> None:
    image = push_tiny_image(folder / "image", os.environ["CDKIT_TEST_REGISTRY"])
    command([*kubectl, "create", "deployment", "web", f"--image={image}", f"--replicas={REPLICAS}"])


def _follow(kubeconfig: str, namespace: str) -> float:
    """Follow the rollout in a process of its own; gives its memory in megabytes."""
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    return megabytes([sys.executable, "-m", "benchmarks.follow", kubeconfig, namespace], env=environ)


def main(kubeconfig: str, namespace: str) -> None:
    """Follow a Deployment `web` until it is ready."""
    from cdkit.clients.kube.cluster import KubernetesCluster
    from cdkit.flow.cancellation import Cancellation
    from cdkit.flow.clock import SystemClock
    from cdkit.models.kube import ObjectRef
    from cdkit.observe.follow import Terms
    from cdkit.observe.objects import follow_objects

    ref = ObjectRef("apps/v1", "Deployment", "web", namespace)
    decisions = follow_objects(
        KubernetesCluster.connect("", kubeconfig=kubeconfig),
        [ref],
        Terms(Cancellation(), SystemClock(), lambda _: None),
        on_progress=lambda *_: None,
        seconds=LONGEST,
    )
    if decisions[ref].state != "succeeded":
        raise SystemExit(f"{decisions[ref]}")


if __name__ == "__main__":
    main(*sys.argv[1:])
