"""An engine that runs containers in memory, with the contract of the real one.

The contract is `tests/contract/test_container_engine_contract.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from cdkit.errors import ObjectConflict, ObjectNotFound, RequestRejected
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
from cdkit.ports.image_engine import OnProgress
from cdkit.testing.fake_container import FakeContainer, command_of
from cdkit.testing.fake_engine_events import has_labels
from cdkit.testing.fake_execution import FakeExecution
from cdkit.testing.fake_files import FakeFiles, packed, unpacked
from cdkit.testing.fake_pulls import full
from cdkit.testing.prepared_engine import PreparedEngine

LAYER_BYTES = 1000
KILLED = 137
"""The exit code of a program that was ended by SIGKILL."""


class FakeContainerEngine(PreparedEngine):
    """An engine whose containers run what tests tell of; any other program 'was not found'. May be used by threads."""

    def image(self, reference: str) -> ImageConfig | None:
        """How an image that the engine has is run, or None when it has none of that name."""
        self._answer()
        return self._pulls.find(reference)

    def pull(
        self,
        reference: str,
        *,
        credentials: Credentials | None = None,
        on_progress: OnProgress,
        cancellation: Cancellation,
    ) -> None:
        """Fetch an image from `registry`.

        Raises:
            RegistryUnreachable, AccessDenied, ObjectNotFound: what one of `refusals` means, or that there is none.
        """
        self._answer()
        cancellation.raise_if_cancelled()
        self._pulls.pull(reference)
        on_progress("layer", LAYER_BYTES, LAYER_BYTES)

    def create_volume(self, name: str, labels: Mapping[str, str], *, in_memory: bool = False, size: int = 0) -> None:
        """Make an empty volume."""
        self._answer()
        self._volumes[name] = EngineVolume(name, dict(labels))
        self.files[name] = {}

    def create(self, request: ContainerRequest) -> str:
        """Make a container, which does not run yet; gives its id.

        Raises:
            ObjectConflict: there is one of that name.
            ObjectNotFound: the engine has no such image.
        """
        self._answer()
        what = f"Cannot make the container {request.name}"
        image = self._pulls.find(request.image)
        if image is None:
            raise ObjectNotFound(f"{what}: No such image: {full(request.image)}")
        with self._condition:
            if any(container.state.name == request.name for container in self._containers.values()):
                raise ObjectConflict(f'{what}: Conflict. The container name "/{request.name}" is already in use.')
            made = FakeContainer(
                f"{len(self.requests):064x}",
                request,
                self._programs.find(command_of(request, image)),
                FakeFiles.of(request, self.files),
                now=self._now,
                tell=self._tell,
            )
            self.requests.append(request)
            self._containers[made.state.id] = made
            self._tell(made, "create")
            return made.state.id

    def start(self, container: str) -> None:
        """Let a container run. One that runs already is left alone.

        Raises:
            RequestRejected: its program cannot be started.
        """
        self._answer()
        with self._condition:
            found = self._find(container)
            if found.state.phase == "created":
                found.start()

    def inspect(self, container: str) -> ContainerState | None:
        """How a container fares, or None when there is none."""
        self._answer()
        with self._condition:
            try:
                return self._find(container).state
            except ObjectNotFound:
                return None

    def events(self, labels: Mapping[str, str], cancellation: Cancellation) -> Iterator[EngineEvent]:
        """What happens to containers with these labels from now on."""
        self._answer()
        cancellation.raise_if_cancelled()
        return self._events.listen(labels, cancellation)

    def logs(
        self, container: str, *, since: str = "", follow: bool = False, cancellation: Cancellation
    ) -> Iterator[Sequence[LogLine]]:
        """The lines of a container's log."""
        self._answer()
        cancellation.raise_if_cancelled()
        with self._condition:
            found = self._find(container)
        forget = cancellation.on_cancel(self._wake)
        position = 0
        try:
            while (line := self._line(found, position, cancellation, follow=follow)) is not None:
                position += 1
                if line.time >= since:
                    yield (line,)
        finally:
            forget()

    def execute(
        self, container: str, command: Sequence[str], *, stdin: Iterable[bytes] = (), cancellation: Cancellation
    ) -> FakeExecution:
        """Run a command in a container that runs."""
        self._answer()
        cancellation.raise_if_cancelled()
        with self._condition:
            found = self._find(container)
        if found.state.phase != "running":
            raise RequestRejected(f"Cannot run {command[0]} in the container {container}: it is not running")
        self.executed.append((found.state.name, *command))
        return FakeExecution(tuple(command), self._programs.find(command), stdin, cancellation)

    def read_archive(self, container: str, path: str, cancellation: Cancellation) -> Iterator[bytes]:
        """A file or folder of a container as a tar archive.

        Raises:
            ObjectNotFound: there is no such container, or no such path in it.
        """
        self._answer()
        cancellation.raise_if_cancelled()
        with self._condition:
            files = self._find(container).files
            if not files.has(path):
                raise ObjectNotFound(f"Cannot read {path} of the container {container}: no such file or directory")
            yield packed(files.read(path), path.rpartition("/")[2])

    def write_archive(self, container: str, path: str, archive: Iterable[bytes]) -> None:
        """Unpack a tar archive into a folder of a container; it need not run."""
        self._answer()
        content = unpacked(archive)
        with self._condition:
            for name, file in content.items():
                self._find(container).files.write(f"{path.rstrip('/')}/{name}", file)

    def rename(self, container: str, name: str) -> None:
        """Give a container another name."""
        self._answer()
        with self._condition:
            self._find(container).change("rename", name=name)

    def remove(self, container: str) -> bool:
        """Kill a container and remove it. False when there was none."""
        self._answer()
        with self._condition:
            try:
                found = self._find(container)
            except ObjectNotFound:
                return False
            if found.state.phase == "running":
                found.end(KILLED)
            del self._containers[found.state.id]
            found.change("destroy", phase="gone")
            return True

    def remove_volume(self, name: str) -> bool:
        """Remove a volume. False when there was none.

        Raises:
            ObjectConflict: a container has it.
        """
        self._answer()
        with self._condition:
            if any(name in each.volumes for each in self._containers.values()):
                raise ObjectConflict(f"Cannot remove the volume {name}: remove {name}: volume is in use")
            self.files.pop(name, None)
            return self._volumes.pop(name, None) is not None

    def containers(self, labels: Mapping[str, str]) -> list[ContainerState]:
        """All containers with these labels, whether they run or not."""
        self._answer()
        with self._condition:
            return [each.state for each in self._containers.values() if has_labels(labels, each.state.labels)]

    def volumes(self, labels: Mapping[str, str]) -> list[EngineVolume]:
        """The volumes with these labels."""
        self._answer()
        return [volume for volume in list(self._volumes.values()) if has_labels(labels, volume.labels)]

    def _line(
        self, container: FakeContainer, position: int, cancellation: Cancellation, *, follow: bool
    ) -> LogLine | None:
        """The line at a position, as soon as there is one; None when there will be none."""
        with self._condition:
            if follow:
                self._condition.wait_for(
                    lambda: len(container.log) > position or container.is_over or cancellation.reason is not None
                )
            cancellation.raise_if_cancelled()
            return container.log[position] if len(container.log) > position else None
