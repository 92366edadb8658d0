"""A command in a container of the engine.

https://docs.docker.com/reference/api/engine/version/v1.41/#tag/Exec
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import chain
from types import TracebackType
from typing import Self

import msgspec

from cdkit.clients.engine.containers.frames import STDERR, frames
from cdkit.clients.engine.containers.request import Request, part
from cdkit.clients.engine.containers.stream import Stream
from cdkit.clients.engine.containers.transport import Transport
from cdkit.clients.lines import text_of
from cdkit.errors import ObjectConflict, RequestRejected
from cdkit.flow.cancellation import Cancellation, pause
from cdkit.flow.clock import SystemClock
from cdkit.models.container import Executed
from cdkit.models.decoding import decode_json

LAST_BYTES = 4096
"""Of what a command wrote to its error stream."""

FIRST_PAUSE, LONGEST_PAUSE = 0.005, 0.5
"""Seconds. A command may close its streams before it ends, and the engine notices its end a moment later."""

_NOT_STARTED = b"OCI runtime exec failed"
"""How the engine begins when it writes, as if the command had, that there is no such program."""

_NOT_STARTED_CODES = frozenset({126, 127})


class _Made(msgspec.Struct, frozen=True, rename="pascal"):
    id: str


class _Inspected(msgspec.Struct, frozen=True, rename="pascal"):
    running: bool
    exit_code: int | None = None


def execute(
    transport: Transport, container: str, command: Sequence[str], stdin: Iterable[bytes], cancellation: Cancellation
) -> DockerExecution:
    """Start a command in a container that runs.

    Raises:
        ObjectNotFound: there is no such container.
        RequestRejected: it does not run; or it is to read something over TLS, where its end cannot be told.
    """
    what = f"Cannot run {command[0]} in the container {container}"
    has_input = stdin != ()
    if has_input and not transport.half_closes:
        raise RequestRejected(f"{what}: over TLS the engine cannot be told where its input ends.")
    body = {"AttachStdin": has_input, "AttachStdout": True, "AttachStderr": True, "Cmd": list(command)}
    path = f"/containers/{part(container)}/exec"
    try:
        answer = transport.ask(Request(what=what, method="POST", path=path, body=body))
    except ObjectConflict as error:
        raise RequestRejected(error.message) from error
    made = decode_json(answer, _Made).id
    start = Request(what=what, method="POST", path=f"/exec/{made}/start", body={"Detach": False, "Tty": False})
    stream = transport.open(start, cancellation)
    question = Request(what=f"Cannot ask how {command[0]} ended", method="GET", path=f"/exec/{made}/json")
    return DockerExecution(what, transport, question, stream, stdin if has_input else None, cancellation)


class DockerExecution:
    """One command that was started, as `cdkit.ports.execution.Execution` describes it.

    Args:
        what: what it tries, as the beginning of an error.
        transport: asks how it ended.
        question: the request for that.
        stream: what it writes.
        stdin: what it reads; None for nothing.
        cancellation: ends it.
    """

    def __init__(
        self,
        what: str,
        transport: Transport,
        question: Request,
        stream: Stream,
        stdin: Iterable[bytes] | None,
        cancellation: Cancellation,
    ) -> None:
        self._what = what
        self._transport = transport
        self._question = question
        self._stream = stream
        self._cancellation = cancellation
        self._frames = chain.from_iterable(frames(stream.pieces()))
        self._begun = b""
        self._errors = b""
        self._broken_input: BaseException | None = None
        if stdin is not None:
            threading.Thread(target=self._feed, args=(stdin,), name="exec-stdin", daemon=True).start()

    def output(self) -> Iterator[bytes]:
        """What it writes to its standard output, piece by piece as it comes, until it ends.

        Raises:
            EngineUnreachable: the connection broke.
            CdkitError: the reason of the cancellation.
        """
        for stream, piece in self._frames:
            if stream == STDERR:
                self._errors = (self._errors + piece)[-LAST_BYTES:]
            else:
                self._begun = self._begun or piece[:LAST_BYTES]
                yield piece
        if self._broken_input is not None:
            raise self._broken_input

    def ended(self) -> Executed:
        """How it ended. Output that nobody has read is thrown away.

        Raises:
            RequestRejected: the program cannot be started.
            EngineUnreachable: the connection broke.
            CdkitError: the reason of the cancellation.
        """
        for _ in self.output():
            pass
        code = self._exit_code()
        if code in _NOT_STARTED_CODES and self._begun.startswith(_NOT_STARTED):
            raise RequestRejected(f"{self._what}: {text_of(self._begun.strip())}")
        return Executed(code, self._errors.decode(errors="replace"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stream.close()

    def _exit_code(self) -> int:
        seconds = FIRST_PAUSE
        while True:
            told = decode_json(self._transport.ask(self._question), _Inspected)
            if not told.running and told.exit_code is not None:
                return told.exit_code
            pause(SystemClock(), seconds, self._cancellation)
            seconds = min(2 * seconds, LONGEST_PAUSE)

    def _feed(self, stdin: Iterable[bytes]) -> None:
        """Hand on what it is to read, in a thread of its own: it may write before it has read all."""
        # A command need not read to the end of its input.
        with suppress(OSError):
            try:
                for piece in stdin:
                    self._stream.sock.sendall(piece)
            except OSError:
                raise
            except BaseException as error:  # noqa: BLE001 -- handed to the thread that reads, which raises it
                self._broken_input = error
                self._stream.hang_up()
            else:
                self._stream.sock.shutdown(socket.SHUT_WR)
