"""One container of a fake engine, and the program that a test plays in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal

import msgspec

from cdkit.errors import CdkitError, RequestRejected
from cdkit.models.container import ContainerRequest, ContainerState, ImageConfig, LogLine
from cdkit.testing.fake_files import FakeFiles

Health = Literal["", "starting", "healthy", "unhealthy"]


class FakeProgram(msgspec.Struct, frozen=True, kw_only=True):
    """How a program goes that a test has told of.

    Attributes:
        prints: its lines on stdout.
        output: what it writes to stdout after those, as it is.
        complains: its lines on stderr, after those.
        exit_code: how it ends.
        out_of_memory: whether it is killed for its memory at its end.
        stays: whether it does not end by itself.
        health: what its health check says.
        writes: files that it writes, by absolute path.
        echoes: whether it prints what it reads; as an execution.
        breaks: what the connection to it breaks with, after all that it writes; as an execution.
        refusal: why it cannot be started, in the engine's words.
    """

    prints: tuple[str, ...] = ()
    output: bytes = b""
    complains: tuple[str, ...] = ()
    exit_code: int = 0
    out_of_memory: bool = False
    stays: bool = False
    health: Health = ""
    writes: Mapping[str, bytes] = {}
    echoes: bool = False
    breaks: CdkitError | None = None
    refusal: str = ""


def unknown_program(command: tuple[str, ...]) -> FakeProgram:
    """What the engine says of a program that nobody has told of."""
    name = command[0] if command else ""
    said = f'unable to start container process: exec: "{name}": executable file not found in $PATH: unknown'
    return FakeProgram(refusal=f"OCI runtime create failed: runc create failed: {said}", exit_code=127)


def command_of(request: ContainerRequest, image: ImageConfig) -> tuple[str, ...]:
    """What a container runs; an entrypoint of its own switches off the image's command, too."""
    if request.entrypoint is not None:
        return (*request.entrypoint, *(request.command or ()))
    return (*image.entrypoint, *(image.command if request.command is None else request.command))


class FakeContainer:
    """One container of a fake engine, which holds its lock whenever it does something to it.

    Args:
        key: the engine's id for it.
        request: what was asked for.
        program: what it runs.
        files: its files.
        now: gives the time, a later one each time.
        tell: called with what happens to it, as events of an engine are called.
    """

    def __init__(
        self,
        key: str,
        request: ContainerRequest,
        program: FakeProgram,
        files: FakeFiles,
        *,
        now: Callable[[], str],
        tell: Callable[[FakeContainer, str], None],
    ) -> None:
        self.files = files
        self.log: list[LogLine] = []
        self.state = ContainerState(
            id=key, name=request.name, image=request.image, labels=request.labels, created=now()
        )
        self.volumes = frozenset(mount.volume for mount in request.mounts)
        self._program = program
        self._now = now
        self._tell = tell

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes of it."""
        return self.state.phase in ("ended", "gone")

    def start(self) -> None:
        """Play its program.

        Raises:
            RequestRejected: it cannot be started.
        """
        program = self._program
        if program.refusal:
            self.change(error=program.refusal, exit_code=program.exit_code)
            raise RequestRejected(f"Cannot start the container {self.state.name}: {program.refusal}")
        self.change("start", phase="running", started=self._now(), health=program.health)
        self.print(program.prints, program.complains)
        for path, content in program.writes.items():
            self.files.write(path, content)
        if not program.stays:
            self.end(program.exit_code, out_of_memory=program.out_of_memory)

    def print(self, lines: Iterable[str], errors: Iterable[str] = ()) -> None:
        """Add lines to its log."""
        self.log += [LogLine(self._now(), line, "stdout") for line in lines]
        self.log += [LogLine(self._now(), line, "stderr") for line in errors]
        self._tell(self, "")

    def end(self, exit_code: int, *, out_of_memory: bool = False) -> None:
        """Let it end."""
        if out_of_memory:
            self.change("oom", out_of_memory=True)
        self.change("die", phase="ended", exit_code=exit_code, ended=self._now())

    def change(self, action: str = "", **fields: Any) -> None:
        """Let it be in another state, and tell why."""
        self.state = msgspec.structs.replace(self.state, **fields)
        self._tell(self, action)
