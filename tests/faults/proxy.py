"""A proxy before an HTTP server that lets what a test asks for go wrong. It knows nothing of what is asked.

It speaks plain HTTP to the client and HTTP or HTTPS to the server, and hands bodies on as they come.
"""

from __future__ import annotations

import queue
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, NamedTuple, Self

TICK = 0.05
"""Seconds after which a body that is silent gives an empty piece, so that faults can act by time."""

PIECE_BYTES = 1 << 16
SWITCHING_PROTOCOLS = 101
HOP_BY_HOP = frozenset({"connection", "transfer-encoding", "content-length", "keep-alive"})


class Request(NamedTuple):
    """What a client asks for."""

    method: str
    path: str


class Broken(Exception):
    """The connection to the client is to end here, without another word."""


class Fault:
    """Something that goes wrong with one request; this one does nothing."""

    def before(self) -> tuple[int, Mapping[str, str], bytes] | None:
        """Called before the request is handed on; an answer given here is all that the client gets.

        Raises:
            Broken: the connection ends.
        """
        return None

    def body(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """The body of the answer, which comes in pieces, some of them empty.

        Raises:
            Broken: the connection ends within the body.
        """
        return pieces


class Reset(Fault):
    """The connection is reset instead of an answer."""

    def before(self) -> None:
        raise Broken


class Answer(Fault):
    """The server, or a balancer before it, says no.

    Args:
        status: the HTTP status.
        headers: such as Retry-After.
    """

    def __init__(self, status: int, **headers: str) -> None:
        self._status = status
        self._headers = {name.replace("_", "-"): value for name, value in headers.items()}

    def before(self) -> tuple[int, Mapping[str, str], bytes]:
        return self._status, self._headers, b"the proxy says no\n"


class Slow(Fault):
    """The answer comes late."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def before(self) -> None:
        time.sleep(self._seconds)


class Cut(Fault):
    """The connection breaks within the body, so many seconds after its begin."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def body(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        latest = time.monotonic() + self._seconds
        for piece in pieces:
            if time.monotonic() >= latest:
                raise Broken
            yield piece


class Silence(Fault):
    """For so many seconds nothing of the body comes; then all of it does."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def body(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        latest, kept = time.monotonic() + self._seconds, [b""]
        for piece in pieces:
            if time.monotonic() < latest:
                kept.append(piece)
                continue
            yield b"".join(kept)
            kept.clear()
            yield piece
        yield b"".join(kept)


class Proxy:
    """Listens on a port of 127.0.0.1 while its context lasts.

    Args:
        connect: makes a connection to the server.
        choose: which fault a request meets.

    Attributes:
        requests: all requests that came, in order.
    """

    def __init__(
        self, connect: Callable[[], HTTPConnection], choose: Callable[[Request], Fault] = lambda _: Fault()
    ) -> None:
        self.connect = connect
        self.choose = choose
        self.requests: list[Request] = []
        self.port = 0
        self._server: _Server | None = None

    def __enter__(self) -> Self:
        self.come_back()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.go_away()

    @property
    def address(self) -> str:
        """Where to find it."""
        return f"http://127.0.0.1:{self.port}"

    def go_away(self) -> None:
        """Refuse connections from now on, and break those that are open."""
        if self._server is not None:
            self._server.stop()
            self._server = None

    def come_back(self) -> None:
        """Listen again, at the same port."""
        self._server = _Server(self, self.port)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=[0.02], daemon=True).start()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, proxy: Proxy, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.proxy = proxy
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away in the middle is no news."""

    def stop(self) -> None:
        """Close the port first, so that who is cut off cannot come back."""
        self.shutdown()
        self.server_close()
        with self._lock:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def setup(self) -> None:
        super().setup()
        self._upstream: HTTPConnection | None = None

    def finish(self) -> None:
        if self._upstream is not None:
            self._upstream.close()
        with suppress(OSError):
            super().finish()

    def _exchange(self) -> None:
        request = Request(self.command, self.path)
        content = self._content()
        self.server.proxy.requests.append(request)
        fault = self.server.proxy.choose(request)
        try:
            answer = fault.before()
            if answer is not None:
                self._say(*answer)
                return
            response = self._forwarded(content)
            if response.status == SWITCHING_PROTOCOLS:
                self._connect(response, fault)
            else:
                self._hand_on(response, fault)
        except Broken:
            self._reset()
        except (OSError, HTTPException):
            self.close_connection = True

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = do_HEAD = _exchange  # noqa: N815 -- the names of http.server

    def _content(self) -> bytes:
        """The body of the request, also of one that comes in chunks."""
        if self.headers.get("Transfer-Encoding", "") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        pieces = []
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            pieces.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(pieces)

    def _forwarded(self, content: bytes) -> HTTPResponse:
        dropped = {"host", "transfer-encoding"} | ({"connection"} if "Upgrade" not in self.headers else set())
        headers = {name: value for name, value in self.headers.items() if name.lower() not in dropped}
        if self._upstream is None:
            self._upstream = self.server.proxy.connect()
        self._upstream.request(self.command, self.path, body=content or None, headers=headers)
        return self._upstream.getresponse()

    def _hand_on(self, response: HTTPResponse, fault: Fault) -> None:
        self.send_response(response.status)
        for name, value in response.getheaders():
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for piece in fault.body(_pieces(response.read1)):
            if piece:
                self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        self.wfile.write(b"0\r\n\r\n")
        # http.client does not see by itself that a body of a known length is at its end.
        response.close()

    def _connect(self, response: HTTPResponse, fault: Fault) -> None:
        """Let client and server talk in the protocol that they have changed over to."""
        self.close_connection = True
        self.send_response_only(response.status)
        for name, value in response.getheaders():
            self.send_header(name, value)
        self.end_headers()
        assert self._upstream is not None
        threading.Thread(target=self._hand_back, args=[self._upstream.sock], daemon=True).start()
        try:
            # What came together with the answer was read ahead.
            for piece in fault.body(_pieces(response.fp.read1)):
                self.wfile.write(piece)
        finally:
            # The other direction still holds the connection, so that closing it would not end it.
            with suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)

    def _hand_back(self, server: socket.socket) -> None:
        """Give the server what the client says, until that hangs up."""
        with suppress(OSError, ValueError):
            while piece := self.rfile.read1(PIECE_BYTES):
                server.sendall(piece)
        with suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)

    def _say(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _reset(self) -> None:
        """End the connection with a reset: closing it with data that nobody read is not enough on every system."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def log_message(self, *_: object) -> None:
        """Print nothing."""


def _pieces(read_some: Callable[[int], bytes]) -> Iterator[bytes]:
    """The body as it comes, with an empty piece whenever it was silent for a moment."""
    arrived: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()

    def read() -> None:
        with suppress(OSError, HTTPException, ValueError, AttributeError):
            while piece := read_some(PIECE_BYTES):
                arrived.put(piece)
        arrived.put(None)

    threading.Thread(target=read, daemon=True).start()
    while True:
        try:
            piece = arrived.get(timeout=TICK)
        except queue.Empty:
            yield b""
            continue
        if piece is None:
            return
        yield piece
