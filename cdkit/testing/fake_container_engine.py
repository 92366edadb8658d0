"""An engine that runs containers in memory, with the contract of the real one.

The contract is `tests/contract/test_container_engine_contract.py`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import count

from cdkit.clients.engine.messages import registry_error
from cdkit.errors import EngineUnreachable, ObjectConflict, ObjectNotFound, RequestRejected
from cdkit.flow.cancellation import Cancellation
from cdkit.flow.clock import Inbox
from cdkit.models.container import (
    ContainerRequest,
    ContainerState,
    EngineEvent,
    EngineVolume,
    ImageConfig,
    LogLine,
)
from cdkit.models.image import Credentials, ImageReference
from cdkit.ports.image_engine import OnProgress
from cdkit.testing.fake_container import FakeContainer, FakeProgram, Health
from cdkit.testing.fake_execution import FakeExecution
from cdkit.testing.fake_files import FakeFiles, Tree, packed, unpacked
from cdkit.testing.fake_programs import FakePrograms

LAYER_BYTES = 1000
SLEEP = ("/bin/busybox", "sleep")
"""Runs until it is ended, unless a test tells something else of it."""

KILLED = 137
"""The exit code of a program that was ended by SIGKILL."""


class _HangUp:
    """Ends a stream of events."""


class FakeContainerEngine:
    """An engine whose containers run what tests tell of; any other program 'was not found'. May be used by threads.

    Attributes:
        images: the images that it has, by reference.
        registry: the images that registries serve, by reference.
        refusals: what a registry says when an image is asked for, in its own words, by reference.
        requests: the containers that were asked for, in order.
        pulls: the references that were pulled, in order.
        executed: the commands that were run in containers, in order, each behind the container's name.
        files: those of each volume, by its name.
    """

    def __init__(self) -> None:
        self.images: dict[str, ImageConfig] = {}
        self.registry: dict[str, ImageConfig] = {}
        self.refusals: dict[str, str] = {}
        self.requests: list[ContainerRequest] = []
        self.pulls: list[str] = []
        self.executed: list[tuple[str, ...]] = []
        self.files: dict[str, Tree] = {}
        self._volumes: dict[str, EngineVolume] = {}
        self._programs = FakePrograms().on(*SLEEP, program=FakeProgram(stays=True))
        self._containers: dict[str, FakeContainer] = {}
        self._listeners: list[tuple[Mapping[str, str], Inbox[EngineEvent | _HangUp]]] = []
        self._condition = threading.Condition(threading.RLock())
        self._ticks = count(1)
        self._reachable = True

    # What a test says

    def on(self, *command: str, program: FakeProgram) -> FakeContainerEngine:
        """Say how a command goes. The longest beginning of a command that was told counts."""
        self._programs.on(*command, program=program)
        return self

    def go_away(self) -> None:
        """Do not answer any more, until `come_back`."""
        self._reachable = False
        self.hang_up()

    def come_back(self) -> None:
        """Answer again."""
        self._reachable = True

    def hang_up(self) -> None:
        """End all streams of events."""
        for _, inbox in self._listeners:
            inbox.put(_HangUp())

    def write(self, container: str, *lines: str) -> None:
        """Let a container that runs print further lines."""
        with self._condition:
            self._find(container).print(lines)

    def tell_health(self, container: str, health: Health) -> None:
        """Let a container's health check say something else."""
        with self._condition:
            self._find(container).change(f"health_status: {health}", health=health)

    def end(self, container: str, exit_code: int = 0, *, out_of_memory: bool = False) -> None:
        """Let a container end."""
        with self._condition:
            self._find(container).end(exit_code, out_of_memory=out_of_memory)

    # What the port asks

    def image(self, reference: str) -> ImageConfig | None:
        """How an image that the engine has is run, or None when it has none of that name."""
        self._answer()
        return self.images.get(_full(reference))

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
        what, name = f"Cannot pull {reference}", _full(reference)
        if reference in self.refusals:
            raise registry_error(self.refusals[reference], what)
        if reference != reference.lower():
            raise registry_error("invalid reference format: repository name must be lowercase", what)
        if name not in self.registry:
            raise registry_error(f"manifest for {name} not found: manifest unknown: manifest unknown", what)
        self.pulls.append(reference)
        on_progress("layer", LAYER_BYTES, LAYER_BYTES)
        self.images[name] = self.registry[name]

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
        image = self.images.get(_full(request.image))
        if image is None:
            raise ObjectNotFound(f"{what}: No such image: {_full(request.image)}")
        with self._condition:
            if any(container.state.name == request.name for container in self._containers.values()):
                raise ObjectConflict(f'{what}: Conflict. The container name "/{request.name}" is already in use.')
            made = FakeContainer(
                f"{len(self.requests):064x}",
                request,
                self._programs.find(_command(request, image)),
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
        inbox: Inbox[EngineEvent | _HangUp] = Inbox()
        self._listeners.append((dict(labels), inbox))
        return self._heard(inbox, cancellation)

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
            return [each.state for each in self._containers.values() if _matches(labels, each.state.labels)]

    def volumes(self, labels: Mapping[str, str]) -> list[EngineVolume]:
        """The volumes with these labels."""
        self._answer()
        return [volume for volume in list(self._volumes.values()) if _matches(labels, volume.labels)]

    # What happens

    def _answer(self) -> None:
        if not self._reachable:
            raise EngineUnreachable("The Docker engine does not answer: Connection refused.")

    def _now(self) -> str:
        seconds, fraction = divmod(next(self._ticks), 1000)
        return f"2026-01-01T{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{fraction:03}000001Z"

    def _find(self, container: str) -> FakeContainer:
        for each in self._containers.values():
            if container in (each.state.id, each.state.name):
                return each
        raise ObjectNotFound(f"No such container: {container}")

    def _tell(self, container: FakeContainer, action: str) -> None:
        for labels, inbox in self._listeners:
            if action and _matches(labels, container.state.labels):
                inbox.put(EngineEvent(container.state.id, action))
        self._wake()

    def _heard(self, inbox: Inbox[EngineEvent | _HangUp], cancellation: Cancellation) -> Iterator[EngineEvent]:
        forget = cancellation.on_cancel(lambda: inbox.put(_HangUp()))
        try:
            while not isinstance(event := inbox.take(), _HangUp):
                if event is not None:
                    yield event
            cancellation.raise_if_cancelled()
        finally:
            forget()

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

    def _wake(self) -> None:
        with self._condition:
            self._condition.notify_all()


def _full(reference: str) -> str:
    parsed = ImageReference.parse(reference)
    return reference if parsed.digest or parsed.tag else f"{reference}:latest"


def _command(request: ContainerRequest, image: ImageConfig) -> tuple[str, ...]:
    """What a container runs; an entrypoint of its own switches off the image's command, too."""
    if request.entrypoint is not None:
        return (*request.entrypoint, *(request.command or ()))
    return (*image.entrypoint, *(image.command if request.command is None else request.command))


def _matches(wanted: Mapping[str, str], held: Mapping[str, str]) -> bool:
    return all(name in held and value in ("", held[name]) for name, value in wanted.items())
