"""Where a step gets its clients from. Each is made on first use and shared by the steps of a run."""

from __future__ import annotations

from typing import Protocol

from cdkit.ports.cluster import Cluster
from cdkit.ports.commits import Commits
from cdkit.ports.container_engine import ContainerEngine
from cdkit.ports.image_engine import ImageEngine
from cdkit.ports.processes import Processes
from cdkit.ports.registry import Registry


class World(Protocol):
    """Everything outside cdkit that a step can ask for."""

    def images(self) -> ImageEngine:
        """The image engine."""
        ...

    def containers(self) -> ContainerEngine:
        """The engine that runs containers."""
        ...

    def registry(self) -> Registry:
        """The image registries."""
        ...

    def cluster(self, context: str) -> Cluster:
        """The cluster of a kube context; the empty string is the current one.

        Raises:
            ClusterUnreachable: no cluster is configured, or the context is unknown.
        """
        ...

    def commits(self, directory: str) -> Commits:
        """The history of the checkout at a folder, or above it."""
        ...

    def processes(self) -> Processes:
        """Commands on this machine."""
        ...
