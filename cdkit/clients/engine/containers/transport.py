"""Requests on their way to the engine's API, and its answers: whole, or as they come.

Each request has a connection of its own. To open one on this machine costs nothing; and what a cancel hangs up on is
then never what somebody else waits for.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Mapping
from contextlib import closing
from http.client import HTTPConnection, HTTPMessage

from cdkit.clients.engine.connection import HELLO_SECONDS
from cdkit.clients.engine.containers.address import EngineAddress
from cdkit.clients.engine.containers.request import Request
from cdkit.clients.engine.containers.stream import Stream, accepted, connection_faults
from cdkit.clients.engine.containers.times import seconds_of_date
from cdkit.errors import WorldFailed
from cdkit.flow.cancellation import Cancellation

LATEST_API = (1, 47)
"""The latest version of the API whose answers are known here; an older engine is asked in its own."""

QUESTION_SECONDS = 120.0
"""An engine under load takes its time to start a container."""

_GREETING = Request(what="Cannot greet the Docker engine", method="GET", path="/_ping")


class Transport:
    """Sends requests to one engine. May be shared by threads.

    All requests raise `EngineUnreachable` when it does not answer or hangs up, `ObjectNotFound` on 404,
    `ObjectConflict` on 409, and `RequestRejected` on everything else that it refuses.

    Args:
        environ: where the variables of Docker's clients are looked up, on the first use.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._lock = threading.Lock()
        self._known: tuple[EngineAddress, str] | None = None

    def ask(self, request: Request) -> bytes:
        """Send a short request, and give the body of its answer."""
        address, prefix = self._engine()
        with connection_faults(address.text), closing(address.connection(HELLO_SECONDS)) as connection:
            _send(connection, request, prefix, QUESTION_SECONDS)
            return accepted(connection.getresponse(), request).read()

    def open(self, request: Request, cancellation: Cancellation) -> Stream:
        """Send a request whose answer may take long; it has begun when this returns."""
        cancellation.raise_if_cancelled()
        address, prefix = self._engine()
        connection = address.connection(HELLO_SECONDS)
        with connection_faults(address.text):
            _send(connection, request, prefix, None)
        return Stream(connection, request, address.text, cancellation)

    @property
    def half_closes(self) -> bool:
        """Whether the engine can be told that we write no more while we go on reading: not over TLS, from Python."""
        address, _ = self._engine()
        return address.certificates is None

    def now(self) -> int:
        """The engine's own time, in whole seconds since the epoch."""
        address, _ = self._engine()
        return seconds_of_date(_greet(address)["Date"])

    def _engine(self) -> tuple[EngineAddress, str]:
        """Where the engine is, and the beginning of its paths, which names the version of the API."""
        with self._lock:
            if self._known is None:
                address = EngineAddress.of(self._environ)
                self._known = address, _version(_greet(address))
            return self._known


def _greet(address: EngineAddress) -> HTTPMessage:
    """The headers of the engine's greeting."""
    with connection_faults(address.text), closing(address.connection(HELLO_SECONDS)) as connection:
        connection.request(_GREETING.method, _GREETING.path)
        return accepted(connection.getresponse(), _GREETING).headers


def _version(greeting: HTTPMessage) -> str:
    said = greeting.get("Api-Version", "")
    try:
        major, minor = min(tuple(map(int, said.split("."))), LATEST_API)
    except ValueError as error:
        raise WorldFailed(
            f"What answers at the Docker engine's address is none: it names the API version {said!r}.",
            remedy="Point DOCKER_HOST at a Docker engine.",
        ) from error
    return f"/v{major}.{minor}"


def _send(connection: HTTPConnection, request: Request, prefix: str, seconds: float | None) -> None:
    """Send a request; reading of its answer may then take so many seconds, or for ever."""
    connection.connect()
    connection.sock.settimeout(seconds)
    # On this machine it means nothing; over a network a peer that is gone is noticed.
    connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    try:
        connection.request(request.method, f"{prefix}{request.target}", request.content, request.headers)
    except (BrokenPipeError, ConnectionResetError):
        # An engine that refuses an archive does not read it to its end. It says why.
        if request.archive is None:
            raise
