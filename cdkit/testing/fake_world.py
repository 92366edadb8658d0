"""A world of fakes."""

from __future__ import annotations

from collections.abc import Mapping

from cdkit.errors import ClusterUnreachable
from cdkit.ports.cluster import Cluster
from cdkit.ports.commits import Commits
from cdkit.ports.container_engine import ContainerEngine
from cdkit.ports.image_engine import ImageEngine
from cdkit.ports.processes import Processes
from cdkit.ports.registry import Registry
from cdkit.testing.fake_cluster import FakeCluster
from cdkit.testing.fake_commits import FakeCommits
from cdkit.testing.fake_container_engine import FakeContainerEngine
from cdkit.testing.fake_image_engine import FakeImageEngine
from cdkit.testing.fake_processes import FakeProcesses
from cdkit.testing.fake_registry import FakeRegistry


class FakeWorld:
    """Gives the fakes that a test made, and fresh ones for the others.

    Args:
        images: the image engine.
        containers: the engine that runs containers.
        registry: the image registries; those that a fake engine pushes to when left out.
        cluster: the cluster of the current context.
        processes: the commands.
        commits: the history of the project.
        contexts: the clusters of further contexts, by name.
    """

    def __init__(
        self,
        *,
        images: ImageEngine | None = None,
        containers: ContainerEngine | None = None,
        registry: Registry | None = None,
        cluster: Cluster | None = None,
        processes: Processes | None = None,
        commits: Commits | None = None,
        contexts: Mapping[str, Cluster] | None = None,
    ) -> None:
        self._images = images or FakeImageEngine()
        self._containers = containers or FakeContainerEngine()
        fake = self._images if isinstance(self._images, FakeImageEngine) else None
        self._registry = registry or FakeRegistry(fake)
        self._processes = processes or FakeProcesses()
        self._commits = commits or FakeCommits()
        self._clusters: dict[str, Cluster] = {"": cluster or FakeCluster(), **(contexts or {})}

    def images(self) -> ImageEngine:
        """The image engine."""
        return self._images

    def containers(self) -> ContainerEngine:
        """The engine that runs containers."""
        return self._containers

    def registry(self) -> Registry:
        """The image registries."""
        return self._registry

    def cluster(self, context: str) -> Cluster:
        """The cluster of a context; the empty string is the current one.

        Raises:
            ClusterUnreachable: no test made a cluster for this context.
        """
        if context not in self._clusters:
            raise ClusterUnreachable(f"The kubeconfig has no context {context!r}.")
        return self._clusters[context]

    def commits(self, directory: str) -> Commits:
        """The history, whatever the folder."""
        return self._commits

    def processes(self) -> Processes:
        """The commands."""
        return self._processes
