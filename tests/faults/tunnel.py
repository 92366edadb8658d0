"""A proxy that only connects (`CONNECT`, RFC 9110, 9.3.6), as companies put one before their clusters."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import yaml

PIECE_BYTES = 1 << 16


class Tunnel(ThreadingHTTPServer):
    """Connects to whatever it is asked for.

    Attributes:
        asked: the hosts and ports that it was asked for.
        login: what it wants to hear in `Proxy-Authorization`; empty when it asks nobody.
        refuses_with: the HTTP status with which it refuses; 0 when it does not.
        refusals: how often it refuses, before it connects.

    Args:
        certificate: a file with a certificate and its key; with one, it speaks TLS.
    """

    daemon_threads = True

    def __init__(self, certificate: str = "") -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked: list[str] = []
        self.login = ""
        self.refuses_with = 0
        self.refusals = 1_000
        self._scheme = "http"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.socket = context.wrap_socket(self.socket, server_side=True)
            self._scheme = "https"

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"{self._scheme}://127.0.0.1:{self.server_port}"

    def handle_error(self, *_: object) -> None:
        """A client that hangs up is none of our business."""


class _Handler(BaseHTTPRequestHandler):
    # What follows the request belongs to the tunnel, and must not be read ahead.
    rbufsize = 0
    server: Tunnel

    def do_CONNECT(self) -> None:
        self.server.asked.append(self.path)
        self.close_connection = True
        if self.headers.get("Proxy-Authorization", "") != self.server.login:
            return self.send_error(407)
        if self.server.refuses_with and self.server.refusals:
            self.server.refusals -= 1
            return self.send_error(self.server.refuses_with)
        host, _, port = self.path.rpartition(":")
        with socket.create_connection((host, int(port))) as there:
            self.send_response_only(200)
            self.end_headers()
            threading.Thread(target=_pass_on, args=[self.connection, there], daemon=True).start()
            _pass_on(there, self.connection)
        return None

    def log_message(self, *_: object) -> None:
        """Print nothing."""


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(PIECE_BYTES):
            target.sendall(piece)
    for end in (source, target):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


def kubeconfig_by(proxy: Tunnel, kubeconfig: str, folder: Path) -> str:
    """A kubeconfig of the same cluster that names the proxy."""
    config = yaml.safe_load(Path(kubeconfig).read_text(encoding="utf-8"))
    config["clusters"][0]["cluster"]["proxy-url"] = proxy.url
    path = folder / "kubeconfig"
    path.touch(mode=0o600)
    path.write_text(yaml.safe_dump(config), encoding="utf-8")
    return str(path)


@contextmanager
def tunnel(certificate: str = "") -> Iterator[Tunnel]:
    """Such a proxy, until the end of the block; with a certificate (and its key), it speaks TLS."""
    with Tunnel(certificate) as server:
        threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        yield server
        server.shutdown()
