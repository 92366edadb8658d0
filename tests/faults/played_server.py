"""An HTTP server that a test plays: it answers as it is told, and keeps what it was asked."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec


class Asked(msgspec.Struct, frozen=True):
    """One request, with its headers in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


class Said(msgspec.Struct, frozen=True):
    """One answer.

    Attributes:
        status: the HTTP status; 0 hangs up without a word.
        body: the body; what is neither bytes nor text is sent as JSON.
        headers: further headers.
        cut: hang up after so many bytes of the body.
    """

    status: int
    body: Any = b""
    headers: Mapping[str, str] = {}
    cut: int | None = None

    @property
    def raw(self) -> bytes:
        """The body's bytes."""
        if isinstance(self.body, bytes):
            return self.body
        return self.body.encode() if isinstance(self.body, str) else json.dumps(self.body).encode()


Play = Callable[[Asked], Said]


class PlayedServer(ThreadingHTTPServer):
    """Answers as `play` says.

    Attributes:
        play: gives the answer to a request.
        asked: what was asked, in order.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.play: Play = lambda _: Said(404)
        self.asked: list[Asked] = []

    @property
    def host(self) -> str:
        """Where it listens."""
        return f"127.0.0.1:{self.server_port}"

    def answers(self, *sequence: Said) -> None:
        """Give one answer after the other; the last one again and again."""
        rest = list(sequence)
        self.play = lambda _: rest.pop(0) if len(rest) > 1 else rest[0]

    @property
    def requests(self) -> list[str]:
        """What was asked, in a word each and its path without the query."""
        return [f"{asked.method} {asked.path.partition('?')[0]}" for asked in self.asked]

    def handle_error(self, *_: object) -> None:
        """A client that hangs up is none of our business."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: PlayedServer

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        asked = Asked(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body)
        self.server.asked.append(asked)
        said = self.server.play(asked)
        if not said.status:
            self.close_connection = True
            return
        self.send_response(said.status)
        headers = {"Content-Length": str(len(said.raw)), "Content-Type": "application/json", **said.headers}
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(said.raw[: said.cut])
        self.close_connection = said.cut is not None

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = _answer  # noqa: N815 -- the names that http.server asks for

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@contextmanager
def played_server(certificate: str = "") -> Iterator[PlayedServer]:
    """Such a server, until the end of the block.

    Args:
        certificate: a file with a certificate and its key; with one, the server speaks TLS.
    """
    with PlayedServer() as server:
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        yield server
        server.shutdown()
