"""An engine that runs containers on this machine, or near it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

from cdkit.flow.cancellation import Cancellation
from cdkit.models.container import (
    ContainerRequest,
    ContainerState,
    EngineEvent,
    EngineVolume,
    ImageConfig,
    LogLine,
)
from cdkit.models.image import Credentials
from cdkit.ports.execution import Execution
from cdkit.ports.image_engine import OnProgress


class ContainerEngine(Protocol):
    """The requests that cdkit makes of an engine to run containers.

    All of them raise `EngineUnreachable` when it does not answer (never 'not found'), `ObjectNotFound` for a container
    that is not there, and `RequestRejected` on a request that it refuses. May be shared by threads.
    https://docs.docker.com/reference/api/engine/
    """

    def image(self, reference: str) -> ImageConfig | None:
        """How an image that the engine has is run, or None when it has none of that name."""
        ...

    def pull(
        self,
        reference: str,
        *,
        credentials: Credentials | None = None,
        on_progress: OnProgress,
        cancellation: Cancellation,
    ) -> None:
        """Fetch an image from its registry.

        Raises:
            RegistryUnreachable, AccessDenied, ObjectNotFound: as their names say.
        """
        ...

    def create_volume(self, name: str, labels: Mapping[str, str], *, in_memory: bool = False, size: int = 0) -> None:
        """Make an empty volume.

        Args:
            name: unique on the engine.
            labels: by which it is found again.
            in_memory: whether it is kept in memory, as long as a container has it.
            size: the most bytes that it may hold, in memory only; 0 for the engine's own limit.
        """
        ...

    def create(self, request: ContainerRequest) -> str:
        """Make a container, which does not run yet; gives its id.

        Raises:
            ObjectConflict: there is one of that name.
            ObjectNotFound: the engine has no such image.
        """
        ...

    def start(self, container: str) -> None:
        """Let a container run. One that runs already is left alone.

        Raises:
            RequestRejected: its program cannot be started; `inspect` gives the engine's words, too.
        """
        ...

    def inspect(self, container: str) -> ContainerState | None:
        """How a container fares, or None when there is none."""
        ...

    def events(self, labels: Mapping[str, str], cancellation: Cancellation) -> Iterator[EngineEvent]:
        """What happens to containers with these labels from now on, until the engine hangs up or a cancel comes.

        Nothing is missed that happens after this call; what happened in the second before it may be told, too.
        """
        ...

    def logs(
        self, container: str, *, since: str = "", follow: bool = False, cancellation: Cancellation
    ) -> Iterator[Sequence[LogLine]]:
        """The lines of a container's log, each stream in its order, until its end or the end of the container.

        They come in batches, as they are there: nobody could take hundreds of thousands one by one and keep up.

        Args:
            container: its id or name.
            since: only lines of this time (RFC 3339 with nanoseconds) and later; those of this very time come again.
            follow: go on until the container ends.
            cancellation: ends it.
        """
        ...

    def execute(
        self, container: str, command: Sequence[str], *, stdin: Iterable[bytes] = (), cancellation: Cancellation
    ) -> Execution:
        """Run a command in a container that runs.

        Raises:
            RequestRejected: the container does not run; or, when it is asked how it ended, there is no such program.
        """
        ...

    def read_archive(self, container: str, path: str, cancellation: Cancellation) -> Iterator[bytes]:
        """A file or folder of a container as a tar archive, piece by piece; the container need not run.

        Raises:
            ObjectNotFound: there is no such container, or no such path in it.
        """
        ...

    def write_archive(self, container: str, path: str, archive: Iterable[bytes]) -> None:
        """Unpack a tar archive into a folder of a container, which must be there; the container need not run."""
        ...

    def rename(self, container: str, name: str) -> None:
        """Give a container another name."""
        ...

    def remove(self, container: str) -> bool:
        """Kill a container and remove it, with its anonymous volumes. False when there was none."""
        ...

    def remove_volume(self, name: str) -> bool:
        """Remove a volume, which no container has any more. False when there was none."""
        ...

    def containers(self, labels: Mapping[str, str]) -> list[ContainerState]:
        """All containers with these labels, whether they run or not. An empty value stands for any.

        A list does not tell how a container ended, nor its health: `inspect` does.
        """
        ...

    def volumes(self, labels: Mapping[str, str]) -> list[EngineVolume]:
        """The volumes with these labels. An empty value stands for any."""
        ...
