"""What commands do that a test plays in containers, of an engine or of a cluster."""

from __future__ import annotations

from collections.abc import Sequence

from cdkit.testing.fake_container import FakeProgram, unknown_program


class FakePrograms:
    """The programs that a test has told of; any other one 'was not found'."""

    def __init__(self) -> None:
        self._programs: dict[tuple[str, ...], FakeProgram] = {}

    def on(self, *command: str, program: FakeProgram) -> FakePrograms:
        """Say how a command goes. The longest beginning of a command that was told counts."""
        self._programs[command] = program
        return self

    def find(self, command: Sequence[str]) -> FakeProgram:
        """How a command goes."""
        for length in range(len(command), 0, -1):
            if program := self._programs.get(tuple(command[:length])):
                return program
        return unknown_program(tuple(command))
