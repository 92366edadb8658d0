"""A proxy before a registry that does to requests what networks and busy registries do."""

from __future__ import annotations

import http.client
import random
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal

Fault = Literal["none", "reset", "unavailable", "limited", "slow", "cut", "unanswered"]
"""What happens to a request.

`reset` before it is passed on; `cut` in the middle of its body, or of its answer's; `unanswered` after the registry has
done what it was asked; `unavailable` is 503, `limited` is 429 with Retry-After; `slow` drips.
"""
Plan = Callable[[str, str], Fault]
"""What happens to a request of a method and a path."""

PIECE_BYTES = 1 << 14
DRIP_SECONDS = 0.02
RETRY_AFTER_SECONDS = 1

_OF_A_HOP = frozenset({"connection", "transfer-encoding", "keep-alive", "te", "trailer", "upgrade"})
"""Headers of one connection, which a proxy does not pass on. RFC 9110, section 7.6.1."""


def mostly_well(seed: int, rate: float, faults: tuple[Fault, ...], in_a_row: int = 3) -> Plan:
    """A plan with faults at random, the same for each seed; never more of them in a row than a client should bear.

    Args:
        seed: of the random numbers.
        rate: the share of requests to which something happens.
        faults: what happens, each as often.
        in_a_row: the longest series of requests to the same path that all fail.
    """
    source, lock, failed = random.Random(seed), threading.Lock(), Counter[str]()

    def plan(method: str, path: str) -> Fault:
        with lock:
            if source.random() >= rate or failed[method + path] >= in_a_row:
                failed[method + path] = 0
                return "none"
            failed[method + path] += 1
            return source.choice(faults)

    return plan


class RegistryProxy(ThreadingHTTPServer):
    """Passes requests on to a registry, as far as its plan lets it.

    Args:
        registry: the host and port of the registry.
        handler: handles connections.

    Attributes:
        plan: what happens to each request.
        happened: how often what has happened.
        requests: what was asked: method and path.
        blob_bytes: how much of blobs was read through it.
    """

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, registry: str, handler: type[BaseHTTPRequestHandler] | None = None) -> None:
        super().__init__(("127.0.0.1", 0), handler or RequestHandler)
        self.registry = registry
        self.plan: Plan = lambda _method, _path: "none"
        self.happened: Counter[str] = Counter()
        self.requests: list[str] = []
        self.blob_bytes = 0

    @property
    def host(self) -> str:
        """Where it listens."""
        return f"127.0.0.1:{self.server_port}"

    def handle_error(self, *_: object) -> None:
        """Connections break here on purpose."""


class RequestHandler(BaseHTTPRequestHandler):
    """One connection to the proxy."""

    protocol_version = "HTTP/1.1"
    server: RegistryProxy

    def pass_on(self) -> None:
        """Let happen to a request what the plan says."""
        fault = self.server.plan(self.command, self.path)
        self.server.happened[fault] += 1
        self.server.requests.append(f"{self.command} {self.path}")
        match fault:
            case "reset":
                self._hang_up()
            case "unavailable":
                self.refuse(503, {})
            case "limited":
                self.refuse(429, {"Retry-After": str(RETRY_AFTER_SECONDS)})
            case _:
                self._exchange(fault)

    def _exchange(self, fault: Fault) -> None:
        upstream = http.client.HTTPConnection(self.server.registry, timeout=60)
        try:
            self._send(upstream, fault)
            response = upstream.getresponse()
            if fault == "unanswered":
                response.read()
                self._hang_up()
            self._answer(response, fault)
        finally:
            upstream.close()

    def _send(self, upstream: http.client.HTTPConnection, fault: Fault) -> None:
        upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            if name.lower() not in _OF_A_HOP | {"expect"}:
                upstream.putheader(name, value)
        chunked = "chunked" in self.headers.get("Transfer-Encoding", "")
        if chunked:
            upstream.putheader("Transfer-Encoding", "chunked")
        upstream.endheaders()
        passed = 0
        for piece in self._chunks() if chunked else self._sized():
            upstream.send(b"%x\r\n%s\r\n" % (len(piece), piece) if chunked else piece)
            passed += len(piece)
            self._disturb(fault, passed)
        if chunked:
            upstream.send(b"0\r\n\r\n")

    def _answer(self, response: http.client.HTTPResponse, fault: Fault) -> None:
        self.send_response_only(response.status)
        for name, value in response.getheaders():
            if name.lower() not in _OF_A_HOP:
                self.send_header(name, value)
        if response.length is None and self.command != "HEAD":
            self.close_connection = True
        self.end_headers()
        passed = 0
        while piece := response.read(PIECE_BYTES):
            self.wfile.write(piece)
            passed += len(piece)
            self.server.blob_bytes += len(piece) if "/blobs/sha256:" in self.path else 0
            self._disturb(fault, passed)

    def _disturb(self, fault: Fault, passed: int) -> None:
        if fault == "slow":
            time.sleep(DRIP_SECONDS)
        elif fault == "cut" and passed:
            self._hang_up()

    def _sized(self) -> Iterator[bytes]:
        rest = int(self.headers.get("Content-Length", 0))
        while rest and (piece := self.rfile.read(min(rest, PIECE_BYTES))):
            rest -= len(piece)
            yield piece

    def _chunks(self) -> Iterator[bytes]:
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass

    def refuse(self, status: int, headers: dict[str, str]) -> None:
        """Answer without asking the registry."""
        # A client that still sends its body would take a closed connection for a broken one.
        for _ in self._chunks() if "chunked" in self.headers.get("Transfer-Encoding", "") else self._sized():
            pass
        self.send_response(status)
        for name, value in {"Content-Length": "0", **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def _hang_up(self) -> None:
        """Break the connection, so that the client sees a reset and not an end."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        raise ConnectionAbortedError

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = pass_on  # noqa: N815 -- as http.server asks for

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@contextmanager
def registry_proxy(registry: str) -> Iterator[RegistryProxy]:
    """Such a proxy, until the end of the block."""
    with RegistryProxy(registry) as proxy:
        threading.Thread(target=proxy.serve_forever, args=[0.01], daemon=True).start()
        yield proxy
        proxy.shutdown()
