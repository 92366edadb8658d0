"""Commands that a test plays, with the contract of real ones (`tests/contract/test_processes_contract.py`)."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence

import msgspec

from cdkit.errors import WorkFailed
from cdkit.flow.cancellation import Cancellation
from cdkit.models.event import Stream
from cdkit.ports.processes import OnLine


class CommandRun(msgspec.Struct, frozen=True):
    """One command that was run, and with what."""

    command: tuple[str, ...]
    directory: str
    env: dict[str, str]
    stdin: str


class _Script(msgspec.Struct, frozen=True):
    lines: tuple[tuple[str, Stream], ...]
    exit_code: int
    hangs: bool


class FakeProcesses:
    """Plays commands as `on` told it to; any other command 'was not found'. May be used by many threads.

    Attributes:
        runs: what was run, in order.
    """

    def __init__(self) -> None:
        self.runs: list[CommandRun] = []
        self._scripts: dict[tuple[str, ...], _Script] = {}

    def on(
        self,
        *command: str,
        prints: Sequence[str] = (),
        complains: Sequence[str] = (),
        exit_code: int = 0,
        hangs: bool = False,
    ) -> FakeProcesses:
        """Say how a command goes. The longest beginning of a command that was told counts.

        Args:
            command: the program and its first arguments.
            prints: its lines on stdout.
            complains: its lines on stderr, after those.
            exit_code: how it ends.
            hangs: it does not end before it is cancelled.
        """
        lines: list[tuple[str, Stream]] = [(line, "stdout") for line in prints]
        lines += [(line, "stderr") for line in complains]
        self._scripts[command] = _Script(tuple(lines), exit_code, hangs)
        return self

    def run(
        self,
        command: Sequence[str],
        *,
        directory: str,
        env: Mapping[str, str],
        on_line: OnLine,
        cancellation: Cancellation,
        stdin: str = "",
    ) -> int:
        """Play a command.

        Raises:
            WorkFailed: no test told how it goes.
            CdkitError: the reason of the cancellation.
        """
        cancellation.raise_if_cancelled()
        self.runs.append(CommandRun(tuple(command), directory, dict(env), stdin))
        script = self._script(tuple(command))
        for line, stream in script.lines:
            on_line(line, stream)
        if script.hangs:
            stopped = threading.Event()
            cancellation.on_cancel(stopped.set)
            stopped.wait()
        cancellation.raise_if_cancelled()
        return script.exit_code

    def _script(self, command: tuple[str, ...]) -> _Script:
        for length in range(len(command), 0, -1):
            if script := self._scripts.get(command[:length]):
                return script
        raise WorkFailed(f"The command {command[0]!r} was not found (exit code 127 in a shell).")
