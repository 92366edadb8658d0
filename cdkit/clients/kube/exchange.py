"""Short requests over connections that stay open, and their answers.

urllib3 makes the connections: TLS, certificates, keepalive. What it does beyond that, request by request, takes three
times as long as all else that a request costs us, and a deployment of 300 objects makes 600 of them. So a request goes
out in one piece here, and httptools (the parser of Node.js) reads the answer.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from cdkit.clients.kube.errors import Answer

PIECE_BYTES = 1 << 16


class BrokenOff(ConnectionError):
    """The connection ended before the answer did."""


class Exchange:
    """Requests to one server and their answers. May be used by many threads, each of which gets a connection.

    Args:
        connect: makes a further connection, urllib3's.
        host: the server, as its requests name it.
        most_idle: how many connections are kept open while nobody uses them.
        read_seconds: how long the server may be silent.
    """

    def __init__(self, connect: Callable[[], Any], host: str, most_idle: int, read_seconds: float) -> None:
        self._connect = connect
        self._host = host
        self._most_idle = most_idle
        self._read_seconds = read_seconds
        self._idle: list[Any] = []
        weakref.finalize(self, _close_all, self._idle)

    def ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        """The answer to a request.

        Args:
            method: the HTTP method.
            path: the path and its query, quoted.
            headers: further headers; their values are printable ASCII.
            body: the request's body; None when it has none.

        Raises:
            urllib3.exceptions.HTTPError: no connection could be made.
            OSError: the connection broke, or the server was silent for too long.
            httptools.HttpParserError: what came is no answer of HTTP.
        """
        connection = self._take()
        try:
            reading = _Reading()
            # A server may refuse a request before it has read all of it: its answer is there all the same.
            with suppress(BrokenPipeError, ConnectionResetError):
                connection.sock.sendall(self._request(method, path, headers, body))
            reading.read(connection.sock)
        except BaseException:
            connection.close()
            raise
        self._put_back(connection, reading)
        return reading.answer

    def _take(self) -> Any:
        """A connection that is open; the last used one is the likeliest to be."""
        while self._idle:
            # Another thread may be quicker.
            with suppress(IndexError):
                connection = self._idle.pop()
                if connection.is_connected:
                    return connection
                connection.close()
        return self._new()

    def _new(self) -> Any:
        connection = self._connect()
        try:
            connection.connect()
        except BaseException:
            connection.close()
            raise
        connection.sock.settimeout(self._read_seconds)
        return connection

    def _put_back(self, connection: Any, reading: _Reading) -> None:
        if reading.may_go_on and len(self._idle) < self._most_idle:
            self._idle.append(connection)
        else:
            connection.close()

    def _request(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> bytes:
        length = {} if body is None else {"Content-Length": str(len(body))}
        named = {"Host": self._host, "Accept-Encoding": "identity", **headers, **length}
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in named.items()), "", ""]
        return "\r\n".join(lines).encode("ascii") + (body or b"")


def _close_all(connections: list[Any]) -> None:
    for connection in connections:
        connection.close()


class _Reading:
    """One answer while it comes. Its `on_...` methods are called by the parser."""

    def __init__(self) -> None:
        from httptools import HttpResponseParser

        self._parser = HttpResponseParser(self)
        self._headers: dict[bytes, bytes] = {}
        self._body: list[bytes] = []
        self._has_head = False
        self._is_whole = False
        self.may_go_on = False
        """Whether the connection serves for another request."""

    def read(self, sock: Any) -> None:
        """Read the answer to its end."""
        while not self._is_whole:
            piece = sock.recv(PIECE_BYTES)
            if piece:
                self._parser.feed_data(piece)
            elif self._ends_with_the_connection:
                return
            else:
                raise BrokenOff("the connection was closed before the end of the answer")

    @property
    def answer(self) -> Answer:
        """What was read."""
        after = self._headers.get(b"retry-after", b"").decode("latin-1")
        return Answer(self._parser.get_status_code(), b"".join(self._body), seconds_of(after))

    @property
    def _ends_with_the_connection(self) -> bool:
        """Whether nothing else says where the body ends."""
        return self._has_head and not {b"content-length", b"transfer-encoding"} & self._headers.keys()

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header has come."""
        self._headers[name.lower()] = value

    def on_headers_complete(self) -> None:
        """All headers have come."""
        self._has_head = self._parser.get_status_code() >= HTTPStatus.OK

    def on_body(self, piece: bytes) -> None:
        """A part of the body has come."""
        self._body.append(piece)

    def on_message_begin(self) -> None:
        """An answer begins."""
        if self._is_whole:
            msg = "two answers came to one request"
            raise ValueError(msg)

    def on_message_complete(self) -> None:
        """All of an answer has come; one that is only in between (`100 Continue`) is none."""
        if self._has_head:
            self._is_whole = True
            self.may_go_on = self._parser.should_keep_alive()
        else:
            self._headers.clear()


def seconds_of(retry_after: str) -> float:
    """What a server asks for in `Retry-After`; 0 where that is no number."""
    return float(retry_after) if retry_after.isdecimal() else 0.0
