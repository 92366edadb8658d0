"""An answer of the engine that comes piece by piece, and may take long."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse
from types import TracebackType
from typing import Self

from cdkit.clients.chunks import Chunks
from cdkit.clients.engine.connection import unreachable
from cdkit.clients.engine.containers.request import Request
from cdkit.flow.cancellation import Cancellation

PIECE_BYTES = 1 << 16

_REFUSED = 400


@contextmanager
def connection_faults(address: str) -> Iterator[None]:
    """Tell a fault of the connection to the engine at an address as `EngineUnreachable`."""
    try:
        yield
    except (OSError, HTTPException) as error:
        raise unreachable(error, address) from error


def accepted(response: HTTPResponse, request: Request) -> HTTPResponse:
    """The answer to a request, unless it is a refusal.

    Raises:
        WorldFailed: what the refusal means.
    """
    if response.status >= _REFUSED:
        raise request.refusal(response.status, response.read())
    return response


class Stream:
    """The answer to one request. For one thread; any other may hang up by the cancellation.

    Args:
        connection: on which the request was sent.
        request: the request.
        address: the engine's.
        cancellation: ends it at once.

    Raises:
        WorldFailed: the engine refuses the request.
        CdkitError: the reason of the cancellation.
    """

    def __init__(self, connection: HTTPConnection, request: Request, address: str, cancellation: Cancellation) -> None:
        self._address = address
        self._cancellation = cancellation
        # The connection forgets its socket when an answer has no length; the answer itself keeps it open.
        self.sock: socket.socket = connection.sock
        self._forget = cancellation.on_cancel(self.hang_up)
        try:
            self._response = accepted(self._begin(connection), request)
        except BaseException:
            self._forget()
            connection.close()
            raise

    def pieces(self) -> Iterator[bytes]:
        """Its bytes as they come, until its end.

        Raises:
            EngineUnreachable: the engine hung up before the end.
            CdkitError: the reason of the cancellation, at once.
        """
        cancellation = self._cancellation
        try:
            for piece in self._received():
                if cancellation.reason is not None:
                    break
                yield piece
        except (OSError, HTTPException) as error:
            cancellation.raise_if_cancelled()
            raise unreachable(error, self._address) from error
        # The connection that we hang up on may look as if the answer had just ended.
        cancellation.raise_if_cancelled()

    def _received(self) -> Iterator[bytes]:
        response = self._response
        if not response.chunked:
            yield from iter(lambda: response.read1(PIECE_BYTES), b"")
            return
        chunks = Chunks()
        while not chunks.is_complete:
            piece = response.fp.read1(PIECE_BYTES)
            if not piece:
                raise HTTPException("the connection ended in the middle of the answer")
            if content := chunks.feed(piece):
                yield content

    def close(self) -> None:
        """Hang up, where it has not ended."""
        self._forget()
        self.hang_up()
        self._response.close()
        self.sock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _begin(self, connection: HTTPConnection) -> HTTPResponse:
        try:
            with connection_faults(self._address):
                return connection.getresponse()
        finally:
            # The connection that we hang up on breaks in one of many ways.
            self._cancellation.raise_if_cancelled()

    def hang_up(self) -> None:
        """End it, also while another thread waits for its next piece."""
        # It may have ended by itself in this very moment.
        with suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)
