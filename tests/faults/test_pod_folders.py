"""Shared volumes of a test pod, when the connection to the cluster breaks while they are read."""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pytest

from cdkit.clients.kube.cluster import KubernetesCluster
from cdkit.flow.cancellation import Cancellation
from cdkit.ports.execution import Execution
from cdkit_pods.kubernetes.folders import read_folder
from cdkit_pods.kubernetes.manifest import VOLUMES
from cdkit_pods.kubernetes.runtime import KubernetesRuntime
from cdkit_pods.looks import ContainerLook
from cdkit_pods.runtime import RunningPod
from cdkit_pods.spec import KEEPER, Container, Mount, PodSpec, Volume
from tests.e2e.runtime_place import real_context
from tests.faults.proxy import Broken, Fault, Proxy, Request
from tests.real_world import eventually

pytestmark = pytest.mark.cluster

MEGABYTES = 20
WRITE = f"dd if=/dev/urandom of=/out/data bs=1M count={MEGABYTES} 2>/dev/null; /bin/busybox sha256sum /out/data"


class CutAfter(Fault):
    """The connection breaks when so many bytes have come back."""

    def __init__(self, size: int) -> None:
        self._left = size

    def body(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            if len(piece) > self._left:
                yield piece[: self._left]
                raise Broken
            self._left -= len(piece)
            yield piece


@pytest.fixture
def pod(kubeconfig: str, namespace: str, tmp_path: Path, tiny_image: str) -> Iterator[RunningPod]:
    """A pod whose tests write into a shared volume, and say what."""
    mounts = (Mount(volume="out", path="/out"),)
    test = Container(name="test", image=tiny_image, command=("/bin/sh", "-c", f"/bin/busybox {WRITE}"), mounts=mounts)
    spec = PodSpec(
        step="tests",
        run_id="run-1",
        containers=(test,),
        volumes=(Volume(name="out"),),
        keeper=True,
        keeper_image=tiny_image,
    )
    running = KubernetesRuntime(real_context(kubeconfig, namespace, tmp_path)).start(spec)
    yield running
    running.remove()


def test_a_volume_comes_out_whole_though_the_connection_breaks_again_and_again(
    pod: RunningPod, real_cluster: KubernetesCluster, faulty_cluster: KubernetesCluster, proxy: Proxy
) -> None:
    eventually(lambda: ContainerLook.at(real_cluster.get(pod.ref) or {}, "test").phase == "ended", 60)
    (said,) = [line.text for lines in pod.log("test", since="", cancellation=Cancellation()) for line in lines]
    cuts = iter([CutAfter(3_000_001), CutAfter(0), CutAfter(5_000_000), CutAfter(700), CutAfter(2_000_000)])

    def choose(request: Request) -> Fault:
        return next(cuts, Fault()) if "/exec" in request.path else Fault()

    def execute(command: Sequence[str], stdin: Iterable[bytes]) -> Execution:
        return faulty_cluster.execute(pod.ref, KEEPER, command, stdin=stdin, cancellation=Cancellation())

    proxy.choose = choose
    archive = b"".join(read_folder(execute, f"{VOLUMES}/out", lambda _: None))

    assert next(cuts, None) is None, "it was cut each time"
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        data = tar.extractfile("./data")
        assert data is not None
        assert hashlib.sha256(data.read()).hexdigest() == said.split()[0]
