"""What there still is of runs of test pods, on the cluster and on the engine."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence

import msgspec

from cdkit.clients.kube.cluster import KubernetesCluster
from cdkit.models.kube import Manifest, ObjectQuery
from tests.real_world import eventually

GOING = 60.0
"""Seconds that what was deleted may take to be gone."""


class LeftBehind(msgspec.Struct, frozen=True):
    """Looks for what carries the id of a run.

    Attributes:
        cluster: the API server.
        namespace: in which the pods of the runs are, or a namespace of their own.
    """

    cluster: KubernetesCluster
    namespace: str

    def of(self, *runs: str) -> list[str]:
        """All of it: `Pod tests-1`, `volume cdkit-1`. What was deleted counts until it is gone, but for pods.

        An old kubelet lets a pod go when its attempt to pull an image has ended, or at its next look after a minute.
        """
        return [name for run in runs for name in (*self._in_cluster(run), *_on_engine(run))]

    def assert_nothing(self, *runs: str) -> None:
        """Nothing of these runs is there, as soon as what was deleted has gone."""
        assert runs
        eventually(lambda: self.of(*runs) == [], GOING)

    def _in_cluster(self, run: str) -> Iterator[str]:
        selector = f"cdkit.dev/run={run}"
        kinds = {"Pod": self.namespace, "Secret": self.namespace, "ConfigMap": self.namespace, "Namespace": ""}
        for kind, namespace in kinds.items():
            found, _ = self.cluster.list(ObjectQuery("v1", kind, namespace, selector))
            yield from (f"{kind} {item['metadata']['name']}" for item in found if not _is_going(item))


def _is_going(item: Manifest) -> bool:
    """Whether it is a pod that its kubelet will let go, with nobody who holds it."""
    metadata = item["metadata"]
    return item["kind"] == "Pod" and "deletionTimestamp" in metadata and not metadata.get("finalizers")


def _on_engine(run: str) -> Iterator[str]:
    # The kubelet gives the labels of its pods to their containers, and lets these go when it cleans up.
    made_by_us = ("--filter", f"label=cdkit.dev/run={run}", "--filter", "label=cdkit.dev/pod")
    for kind in ("container", "volume", "network"):
        every = ("--all",) if kind == "container" else ()
        names = _docker(kind, "ls", *every, "--quiet", *made_by_us)
        yield from (f"{kind} {name}" for name in names)


def _docker(*arguments: str) -> Sequence[str]:
    return subprocess.run(["docker", *arguments], check=True, capture_output=True, text=True).stdout.split()
