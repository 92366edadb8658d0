"""The hello pipeline, from the source to a rollout that nobody notices."""

from __future__ import annotations

import errno
import http.client
import threading
from typing import Self

from cdkit.clients.kube.cluster import KubernetesCluster
from cdkit.models.kube import ObjectQuery, ObjectRef
from tests.real_world import eventually

from .conftest import Project, deployment_image, pods_of

REQUESTS = 500
FIRST_PORT, LAST_PORT = 10_000, 30_000
"""Below the ports that the kernel gives out by itself (net.ipv4.ip_local_port_range), so that nobody else has them."""
BREATH = 0.003


class Client:
    """Calls a service without a pause, a new connection each time, and counts what fails.

    No source port is used twice. When a container ends, Docker's engine deletes the connection-tracking entries of its
    address; a new connection that happens to reuse the port of an old one can lose its entry that way, some one in
    20,000 of them. That is the engine's doing, and says nothing about the rollout.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self._ports = iter(range(FIRST_PORT, LAST_PORT))
        self.answers: list[str] = []
        self.failures: list[str] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._call_on, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    @property
    def count(self) -> int:
        return len(self.answers) + len(self.failures)

    def _call_on(self) -> None:
        # The wait lets the ports last for the longest of rollouts; what a person calls a pause is another thing.
        while not self._stop.wait(BREATH):
            self._call()

    def _call(self) -> None:
        port = next(self._ports)
        connection = http.client.HTTPConnection(self.address, timeout=10, source_address=("", port))
        try:
            connection.connect()
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                self.failures.append(repr(error))
            return
        try:
            connection.request("GET", "/")
            answer = connection.getresponse()
            text = answer.read().decode()
            if answer.status == http.client.OK:
                self.answers.append(text)
            else:
                self.failures.append(f"{answer.status} {text}")
        except OSError as error:
            self.failures.append(repr(error))
        finally:
            connection.close()


def service_address(cluster: KubernetesCluster, namespace: str) -> str:
    service = cluster.get(ObjectRef("v1", "Service", "hello", namespace))
    assert service is not None
    return f"{service['spec']['clusterIP']}:{service['spec']['ports'][0]['port']}"


def everything_that_is_left_runs_new(cluster: KubernetesCluster, namespace: str) -> bool:
    image = deployment_image(cluster, namespace)
    pods, _ = cluster.list(ObjectQuery("v1", "Pod", namespace))
    return {pod["spec"]["containers"][0]["image"] for pod in pods} == {image}


def test_hello_is_built_pushed_tested_generated_and_rolled_out_by_digest(
    hello: Project, settings: list[str], cluster: KubernetesCluster, namespace: str
) -> None:
    first = hello.cdkit("run", *settings)
    assert first.code == 0, first.text

    image = deployment_image(cluster, namespace)
    assert "@sha256:" in image
    assert image == first.result("push")["outputs"]["image"]
    running = {pod["spec"]["containers"][0]["image"] for pod in pods_of(cluster, namespace)}
    assert running == {image}, "what runs is named by digest, and the test pod is gone"

    again = hello.cdkit("run", *settings)
    assert again.code == 0, again.text
    assert again.result("release")["outputs"]["changed"] is False
    assert "nothing was changed" in again.out


def test_a_rolling_update_loses_no_request(
    hello: Project, settings: list[str], cluster: KubernetesCluster, namespace: str
) -> None:
    first = hello.cdkit("run", *settings)
    assert first.code == 0, first.text
    server = hello.folder / "hello" / "server.py"
    server.write_text(server.read_text().replace("Hello from cdkit", "Good day from cdkit"))

    with Client(service_address(cluster, namespace)) as client:
        updated = hello.cdkit("run", *settings)
        # The old pods go on for a while after the rollout is complete: they must not drop anybody either.
        eventually(lambda: client.count >= REQUESTS and everything_that_is_left_runs_new(cluster, namespace), 60)

    assert updated.code == 0, updated.text
    assert client.failures == []
    assert client.count >= REQUESTS
    assert client.answers[0].startswith("Hello")
    assert client.answers[-1].startswith("Good day")
