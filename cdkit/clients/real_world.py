"""The real world: each client is made on first use, and shared by the steps of a run."""

from __future__ import annotations

import threading
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cdkit.ports.cluster import Cluster
    from cdkit.ports.commits import Commits
    from cdkit.ports.container_engine import ContainerEngine
    from cdkit.ports.image_engine import ImageEngine
    from cdkit.ports.processes import Processes
    from cdkit.ports.registry import Registry

_LOADING = threading.Lock()


def _load(*libraries: str) -> None:
    """Import libraries, one thread at a time.

    docker and kubernetes both bring requests, whose modules import each other. Two threads that enter such a circle
    at different places would wait for each other for ever; Python lets one of them go on with half a module instead.
    """
    from cdkit.clients.http_library import import_urllib3

    with _LOADING:
        import_urllib3()
        for library in libraries:
            import_module(library)


class RealWorld:
    """The clients for the real world, as `cdkit.ports.world.World` describes them. May be shared by threads.

    Args:
        kubeconfig: kubeconfig files, separated as in KUBECONFIG; None takes KUBECONFIG, then `~/.kube/config`.
    """

    def __init__(self, kubeconfig: str | None = None) -> None:
        self._kubeconfig = kubeconfig
        self._lock = threading.Lock()
        self._images: ImageEngine | None = None
        self._containers: ContainerEngine | None = None
        self._registry: Registry | None = None
        self._processes: Processes | None = None
        self._clusters: dict[str, Cluster] = {}

    def images(self) -> ImageEngine:
        """The Docker engine that DOCKER_HOST names; it is asked nothing yet."""
        from cdkit.clients.engine.docker_engine import DockerEngine

        _load("docker", "requests", "urllib3")
        processes = self.processes()
        with self._lock:
            self._images = self._images or DockerEngine(processes=processes)
            return self._images

    def containers(self) -> ContainerEngine:
        """The Docker engine that DOCKER_HOST names, for running containers; it is asked nothing yet."""
        from cdkit.clients.engine.containers.engine import DockerContainers

        with self._lock:
            self._containers = self._containers or DockerContainers()
            return self._containers

    def registry(self) -> Registry:
        """The image registries; none is asked anything yet."""
        from cdkit.clients.registry.distribution_registry import DistributionRegistry

        _load("urllib3")
        with self._lock:
            self._registry = self._registry or DistributionRegistry()
            return self._registry

    def cluster(self, context: str) -> Cluster:
        """The cluster of a kube context; the empty string is the current one.

        Raises:
            ClusterUnreachable: no cluster is configured, or the context is unknown.
        """
        with self._lock:
            if context not in self._clusters:
                self._clusters[context] = self._connected(context)
            return self._clusters[context]

    def _connected(self, context: str) -> Cluster:
        from cdkit.clients.kube.cluster import KubernetesCluster
        from cdkit.clients.kube.config import find_files
        from cdkit.clients.kube.package import parts

        # Where no cluster is configured, to say so needs none of the libraries.
        find_files(context, self._kubeconfig)
        _load("urllib3")
        with _LOADING:
            parts()
        return KubernetesCluster.connect(context, kubeconfig=self._kubeconfig)

    def commits(self, directory: str) -> Commits:
        """The history of the git repository at a folder, or above it."""
        from cdkit.clients.git_commits import GitCommits

        return GitCommits(directory)

    def processes(self) -> Processes:
        """Commands on this machine."""
        from cdkit.clients.process.local_processes import LocalProcesses

        with self._lock:
            self._processes = self._processes or LocalProcesses()
            return self._processes
