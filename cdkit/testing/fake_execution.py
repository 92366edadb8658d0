"""A command that runs in a fake container."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterable, Iterator
from types import TracebackType
from typing import Self

from cdkit.errors import RequestRejected
from cdkit.flow.cancellation import Cancellation
from cdkit.models.container import Executed
from cdkit.testing.fake_container import FakeProgram


class ExecutedCommand:
    """A command that was run in a container of a fake cluster.

    Attributes:
        pod: the pod's name.
        container: its name.
        command: the program and its arguments.
        stdin: what it has read so far.
    """

    def __init__(self, pod: str, container: str, command: tuple[str, ...]) -> None:
        self.pod = pod
        self.container = container
        self.command = command
        self.stdin = b""

    def reading(self, stdin: Iterable[bytes]) -> Iterator[bytes]:
        """Its input, of which note is taken."""
        for piece in stdin:
            self.stdin += piece
            yield piece


class FakeExecution:
    """One command, played.

    Args:
        command: the program and its arguments.
        program: how it goes.
        stdin: what it reads.
        cancellation: ends it.
    """

    def __init__(
        self, command: tuple[str, ...], program: FakeProgram, stdin: Iterable[bytes], cancellation: Cancellation
    ) -> None:
        self._command = command
        self._program = program
        self._stdin = stdin
        self._cancellation = cancellation
        self._pieces = self._play()

    def output(self) -> Iterator[bytes]:
        """What it writes to its standard output, until it ends."""
        yield from self._pieces

    def ended(self) -> Executed:
        """How it ended.

        Raises:
            RequestRejected: the program cannot be started.
        """
        for _ in self.output():
            pass
        if self._program.refusal:
            raise RequestRejected(f"Cannot run {self._command[0]}: {self._program.refusal}")
        return Executed(self._program.exit_code, "".join(f"{line}\n" for line in self._program.complains))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pieces.close()

    def _play(self) -> Generator[bytes, None, None]:
        self._cancellation.raise_if_cancelled()
        for line in self._program.prints:
            yield f"{line}\n".encode()
        if self._program.output:
            yield self._program.output
        for piece in self._stdin:
            if self._program.echoes:
                yield piece
        if self._program.breaks is not None:
            raise self._program.breaks
        if self._program.stays:
            wait_for_cancel(self._cancellation)
        self._cancellation.raise_if_cancelled()


def wait_for_cancel(cancellation: Cancellation) -> None:
    """Wait until somebody cancels, and raise his reason."""
    stopped = threading.Event()
    cancellation.on_cancel(stopped.set)
    stopped.wait()
    cancellation.raise_if_cancelled()
