"""Long answers, line by line as they arrive, until their end or a cancel."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from cdkit.flow.cancellation import Cancellation

PIECE_BYTES = 1 << 16


def pieces(response: Any, cancellation: Cancellation) -> Iterator[bytes]:
    """The bytes of urllib3's response as they come; the response is closed at the end.

    Raises:
        CdkitError: the reason of the cancellation, promptly: the connection is shut down under the blocked read.
        urllib3.exceptions.HTTPError: the connection broke.
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
            # A log comes in a chunk a line, and `read1` takes twice the time for each.
            yield from response.read_chunked(PIECE_BYTES)
        else:
            yield from iter(lambda: response.read1(PIECE_BYTES), b"")
    except (HTTPError, OSError, ValueError):
        # A connection that we shut down ourselves breaks in one of many ways.
        cancellation.raise_if_cancelled()
        raise
