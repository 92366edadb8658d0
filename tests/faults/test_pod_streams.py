"""Logs of containers and commands in them, when the connection to the cluster breaks again and again."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from cdkit.clients.kube.cluster import KubernetesCluster
from cdkit.errors import ClusterUnreachable
from cdkit.flow.cancellation import Cancellation
from cdkit.flow.clock import SystemClock
from cdkit.models.container import LogLine
from cdkit.models.kube import ObjectRef
from cdkit_pods.logs.resumed import ResumedLog
from tests.faults.proxy import Cut, Fault, Proxy, Request
from tests.faults.tunnel import kubeconfig_by, tunnel
from tests.real_world import eventually

pytestmark = pytest.mark.cluster

BURSTS, LINES = 30, 100
CHATTER = f"""
burst=0
while [ $burst -lt {BURSTS} ]; do
  line=0
  while [ $line -lt {LINES} ]; do
    echo out $burst.$line
    [ $((line % 10)) = 0 ] && echo err $burst.$line >&2
    line=$((line + 1))
  done
  burst=$((burst + 1))
  /bin/busybox usleep 100000
done
"""


def start(cluster: KubernetesCluster, namespace: str, image: str, script: str) -> ObjectRef:
    container = {"name": "main", "image": image, "command": ["/bin/sh", "-c", script]}
    spec = {"restartPolicy": "Never", "automountServiceAccountToken": False, "terminationGracePeriodSeconds": 0}
    manifest = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "talker", "namespace": namespace},
        "spec": {**spec, "containers": [container]},
    }
    ref = ObjectRef.of(cluster.create(manifest))
    eventually(lambda: phase(cluster, ref) not in {"", "Pending"})
    return ref


def phase(cluster: KubernetesCluster, pod: ObjectRef) -> str:
    return str((cluster.get(pod) or {}).get("status", {}).get("phase", ""))


class Logged:
    """What a log needs of a pod, by a connection that breaks."""

    def __init__(self, cluster: KubernetesCluster, pod: ObjectRef) -> None:
        self._cluster = cluster
        self._pod = pod

    def log(self, container: str, *, since: str, cancellation: Cancellation) -> Iterator[Sequence[LogLine]]:
        return self._cluster.log_lines(self._pod, container, since=since, cancellation=cancellation)


def cutting(part: str, seconds: float) -> object:
    """Cuts the connections that ask for a part of pods, and leaves all others alone."""

    def choose(request: Request) -> Fault:
        return Cut(seconds) if request.path.partition("?")[0].endswith(f"/{part}") else Fault()

    return choose


def test_nothing_of_a_log_is_lost_or_doubled_when_it_is_cut_every_second(
    real_cluster: KubernetesCluster, faulty_cluster: KubernetesCluster, proxy: Proxy, namespace: str, tiny_image: str
) -> None:
    pod = start(real_cluster, namespace, tiny_image, CHATTER)
    proxy.choose = cutting("log", 1.0)  # type: ignore[assignment]
    log = ResumedLog(Logged(faulty_cluster, pod), "main", SystemClock(), Cancellation())  # type: ignore[arg-type]

    def tell_the_end() -> None:
        eventually(lambda: phase(real_cluster, pod) == "Succeeded", 60)
        log.expect_end()

    threading.Thread(target=tell_the_end, daemon=True).start()
    came = [line.text for lines in log.batches() for line in lines]
    whole = [line.text for lines in real_cluster.log_lines(pod, "main", cancellation=Cancellation()) for line in lines]
    asked = [request for request in proxy.requests if "/log?" in request.path]
    assert len(asked) > 2, "it was cut"
    assert came == whole
    assert [text for text in came if text.startswith("out")] == [
        f"out {burst}.{line}" for burst in range(BURSTS) for line in range(LINES)
    ]
    assert len(came) == BURSTS * (LINES + LINES // 10)


def test_a_command_that_is_cut_is_an_outage(
    real_cluster: KubernetesCluster, faulty_cluster: KubernetesCluster, proxy: Proxy, namespace: str, tiny_image: str
) -> None:
    pod = start(real_cluster, namespace, tiny_image, "exec /bin/busybox sleep 600")
    content = bytes(range(256)) * 20_000
    command = ["/bin/busybox", "head", "-c", str(len(content))]
    with faulty_cluster.execute(pod, "main", command, stdin=[content], cancellation=Cancellation()) as execution:
        assert b"".join(execution.output()) == content
        assert execution.ended().exit_code == 0
    proxy.choose = cutting("exec", 0.3)  # type: ignore[assignment]
    begun = ["/bin/sh", "-c", "echo begun; exec /bin/busybox sleep 60"]
    with faulty_cluster.execute(pod, "main", begun, cancellation=Cancellation()) as execution:
        output = execution.output()
        assert next(output) == b"begun\n"
        with pytest.raises(ClusterUnreachable, match="broke before the command in Pod talker"):
            next(output)


def test_a_command_goes_the_way_of_all_requests_through_a_proxy(
    real_cluster: KubernetesCluster, kubeconfig: str, tmp_path: Path, namespace: str, tiny_image: str
) -> None:
    pod = start(real_cluster, namespace, tiny_image, "exec /bin/busybox sleep 600")
    with tunnel() as proxy:
        cluster = KubernetesCluster.connect("", kubeconfig=kubeconfig_by(proxy, kubeconfig, tmp_path))
        command = ["/bin/busybox", "echo", "hello"]
        with cluster.execute(pod, "main", command, cancellation=Cancellation()) as execution:
            assert b"".join(execution.output()) == b"hello\n"
        assert len(set(proxy.asked)) == 1
