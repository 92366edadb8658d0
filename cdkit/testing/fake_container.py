"""One container of a fake engine, and the program that a test plays in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from cdkit.errors import CdkitError
from cdkit.models.container import ContainerPhase, ContainerRequest, ContainerState, LogLine
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


class FakeContainer:
    """What a fake engine knows of one container.

    Args:
        key: the engine's id for it.
        request: what was asked for.
        program: what it runs.
        files: its files.
        created: when it was made.
    """

    def __init__(
        self, key: str, request: ContainerRequest, program: FakeProgram, files: FakeFiles, created: str
    ) -> None:
        self.id = key
        self.name = request.name
        self.request = request
        self.program = program
        self.files = files
        self.log: list[LogLine] = []
        self.phase: ContainerPhase = "created"
        self.exit_code = 0
        self.out_of_memory = False
        self.error = ""
        self.health: Health = ""
        self.created = created
        self.started = ""
        self.ended = ""

    @property
    def state(self) -> ContainerState:
        """As an inspection tells it."""
        return ContainerState(
            id=self.id,
            name=self.name,
            image=self.request.image,
            labels=self.request.labels,
            phase=self.phase,
            exit_code=self.exit_code,
            out_of_memory=self.out_of_memory,
            error=self.error,
            health=self.health,
            created=self.created,
            started=self.started,
            ended=self.ended,
        )
