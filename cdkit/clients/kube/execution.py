"""A command in a container of a pod.

https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#get-connect-get-requests-of-pod-exec
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from types import TracebackType
from typing import NamedTuple, Self

from cdkit.clients.kube.channels import STATUS, STDERR, STDIN, STDOUT, Channels, HungUp, open_channels
from cdkit.clients.kube.errors import Answer, Request
from cdkit.clients.kube.execution_status import executed, not_begun
from cdkit.clients.kube.paths import with_query
from cdkit.clients.kube.transport import Transport
from cdkit.errors import ClusterUnreachable
from cdkit.flow.cancellation import Cancellation, until_cancelled
from cdkit.models.container import Executed

LAST_BYTES = 4096
"""Of what a command wrote to its error stream, and of the beginning of its output."""

PING_SECONDS = 20.0
"""Balancers and proxies in between cut a connection that says nothing, often after a minute."""


class Command(NamedTuple):
    """A command for a container.

    Attributes:
        container: its name.
        words: the program and its arguments.
        stdin: what it reads; an empty tuple for nothing.
    """

    container: str
    words: Sequence[str]
    stdin: Iterable[bytes]

    @property
    def has_input(self) -> bool:
        """Whether it reads anything at all."""
        return self.stdin != ()


def execute(
    transport: Transport, pod_path: str, request: Request, command: Command, cancellation: Cancellation
) -> PodExecution:
    """Start a command in a container that runs.

    Raises:
        ObjectNotFound: there is no such pod or container.
        RequestRejected: it does not run.
        ClusterUnreachable: no answer came.
        AccessDenied: as its name says.
    """
    path = with_query(
        f"{pod_path}/exec",
        container=command.container,
        command=command.words,
        stdin=command.has_input,
        stdout=True,
        stderr=True,
    )

    def opened() -> Iterator[Channels | Answer]:
        channels = open_channels(transport, path)
        if cancellation.reason is not None and isinstance(channels, Channels):
            channels.close()
        yield channels

    # A busy node takes its time to answer, and this wait cannot be interrupted in another way.
    (channels,) = until_cancelled(opened(), cancellation)
    if not isinstance(channels, Channels):
        raise not_begun(channels, request, command.container)
    return PodExecution(channels, request, command.stdin, cancellation)


class PodExecution:
    """One command that was started, as `cdkit.ports.execution.Execution` describes it.

    Args:
        channels: its streams.
        request: what was asked, for messages.
        stdin: what it reads.
        cancellation: ends it.
    """

    def __init__(
        self, channels: Channels, request: Request, stdin: Iterable[bytes], cancellation: Cancellation
    ) -> None:
        self._channels = channels
        self._request = request
        self._cancellation = cancellation
        self._begun = b""
        self._errors = b""
        self._status: bytes | None = None
        self._broken_input: BaseException | None = None
        self._is_over = threading.Event()
        self._forget = cancellation.on_cancel(channels.hang_up)
        threading.Thread(target=self._feed, args=(stdin,), name="exec-stdin", daemon=True).start()

    def output(self) -> Iterator[bytes]:
        """What it writes to its standard output, piece by piece as it comes, until it ends.

        Raises:
            ClusterUnreachable: the connection broke.
            CdkitError: the reason of the cancellation.
        """
        while self._status is None:
            channel, content = self._message()
            if channel == STDERR:
                self._errors = (self._errors + content)[-LAST_BYTES:]
            elif channel == STATUS:
                self._status = content
            elif channel == STDOUT and content:
                self._begun = self._begun or content[:LAST_BYTES]
                yield content

    def ended(self) -> Executed:
        """How it ended. Output that nobody has read is thrown away.

        Raises:
            RequestRejected: its program could not be started.
            ClusterUnreachable: the connection broke.
            CdkitError: the reason of the cancellation.
        """
        for _ in self.output():
            pass
        return executed(self._status or b"", self._begun, self._errors, self._request)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_over.set()
        self._forget()
        self._channels.close()

    def _message(self) -> tuple[int, bytes]:
        try:
            message = self._channels.receive()
        except HungUp as error:
            self._cancellation.raise_if_cancelled()
            if self._broken_input is not None:
                raise self._broken_input from None
            raise ClusterUnreachable(
                f"The connection to {self._request.server} broke before the command in {self._request.subject} ended."
            ) from error
        self._cancellation.raise_if_cancelled()
        return message

    def _feed(self, stdin: Iterable[bytes]) -> None:
        """Write what the command reads, and then keep the connection from looking idle; in a thread of its own."""
        try:
            for piece in stdin:
                self._channels.send(STDIN, piece)
            if stdin != ():
                self._channels.end_input()
            while not self._is_over.wait(PING_SECONDS):
                self._channels.ping()
        except HungUp:
            # The thread that reads sees it too, and tells.
            return
        except BaseException as error:  # noqa: BLE001 -- handed to the thread that reads, which raises it
            self._broken_input = error
            self._channels.hang_up()
