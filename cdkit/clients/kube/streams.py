"""Long answers, line by line as they arrive, until their end or a cancel."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPException
from typing import Any

from cdkit.clients.chunks import Chunks
from cdkit.clients.kube.errors import Answer, Request, error_of
from cdkit.clients.kube.faults import unreachable
from cdkit.clients.kube.transport import Transport
from cdkit.flow.cancellation import Cancellation
from cdkit.models.decoding import decode_json
from cdkit.models.kube import Manifest

GONE = 410
PIECE_BYTES = 1 << 16


class Expired(Exception):
    """The server no longer has the resource version that a watch was to start from; `status` is what it says."""

    def __init__(self, status: Manifest) -> None:
        super().__init__()
        self.status = status


def opened(
    transport: Transport, path: str, read_seconds: float | None, request: Request, cancellation: Cancellation
) -> Iterator[bytes]:
    """Ask for a long answer, and give it as it comes.

    Args:
        transport: to the server.
        path: the path and its query.
        read_seconds: how long to wait for the next bytes; None waits for ever.
        request: what is asked, for messages.
        cancellation: ends it.

    Raises:
        Expired: as its name says.
        CdkitError: the server refuses; the connection broke; the reason of the cancellation.
    """
    from urllib3.exceptions import HTTPError

    cancellation.raise_if_cancelled()
    response = transport.open(path, read_seconds)
    try:
        if response.status == GONE:
            raise Expired(decode_json(response.data))
        if not Answer(response.status).ok:
            raise error_of(Answer(response.status, response.data), request)
        yield from pieces(response, cancellation)
    except (HTTPError, HTTPException, OSError) as error:
        raise unreachable(transport.server, error) from error


def pieces(response: Any, cancellation: Cancellation) -> Iterator[bytes]:
    """The bytes of urllib3's response as they come; the response is closed at the end.

    Raises:
        CdkitError: the reason of the cancellation, promptly: the connection is shut down under the blocked read.
        urllib3.exceptions.HTTPError, http.client.HTTPException, OSError: the connection broke.
    """

    def stop() -> None:
        # It may have ended by itself in this very moment.
        with suppress(ValueError, RuntimeError, OSError):
            response.shutdown()

    forget = cancellation.on_cancel(stop)
    try:
        for piece in _received(response, cancellation):
            cancellation.raise_if_cancelled()
            yield piece
        cancellation.raise_if_cancelled()
    finally:
        forget()
        response.close()


def _received(response: Any, cancellation: Cancellation) -> Iterator[bytes]:
    from urllib3.exceptions import HTTPError

    try:
        if response.chunked:
            yield from _content(response)
        else:
            yield from iter(lambda: response.read1(PIECE_BYTES), b"")
    except (HTTPError, HTTPException, OSError, ValueError):
        # A connection that we shut down ourselves breaks in one of many ways.
        cancellation.raise_if_cancelled()
        raise


def _content(response: Any) -> Iterator[bytes]:
    chunks, read = Chunks(), response._fp.fp.read1  # noqa: SLF001 -- urllib3 shows no more than one chunk at a time
    while not chunks.is_complete:
        piece = read(PIECE_BYTES)
        if not piece:
            raise HTTPException("the connection ended in the middle of the answer")
        if content := chunks.feed(piece):
            yield content
