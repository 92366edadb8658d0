"""Servers that the cluster asks in vain: registries that say no, and admission webhooks. The node is this machine."""

from __future__ import annotations

import base64
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.certificates import self_signed

HANGING = 30.0
"""Seconds for which a server that hangs does not answer."""


class Played(ThreadingHTTPServer):
    """A server that answers every request in one way.

    Args:
        host: the address to listen at.
        answer: makes the status and the body of an answer, of the body of the request.
    """

    daemon_threads = True

    def __init__(self, host: str, answer: Callable[[bytes], tuple[int, bytes]]) -> None:
        super().__init__((host, 0), _Handler)
        self.answer = answer
        self.address = f"{host}:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away, or speaks TLS, is no news."""


class _Handler(BaseHTTPRequestHandler):
    server: Played

    def _answer(self) -> None:
        status, body = self.server.answer(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_HEAD = _answer  # noqa: N815 -- the names of http.server

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@contextmanager
def playing(server: Played) -> Iterator[Played]:
    """The server answers while the context lasts."""
    threading.Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def says(status: int, code: str) -> Callable[[bytes], tuple[int, bytes]]:
    """A registry's refusal.

    https://distribution.github.io/distribution/spec/api/#errors
    """
    body = json.dumps({"errors": [{"code": code, "message": code.lower().replace("_", " ")}]}).encode()
    return lambda _: (status, body)


def hangs(_: bytes) -> tuple[int, bytes]:
    """A registry that takes its time."""
    time.sleep(HANGING)
    return 503, b"{}"


def own_address() -> str:
    """An address of this machine that is not the loopback's, which engines trust without TLS."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        asked.connect(("192.0.2.1", 9))
        address: str = asked.getsockname()[0]
        return address


def denies(body: bytes) -> tuple[int, bytes]:
    """An admission webhook that allows nothing.

    https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#response
    """
    review = json.loads(body)
    review["response"] = {
        "uid": review["request"]["uid"],
        "allowed": False,
        "status": {"message": "images need a digest"},
    }
    return 200, json.dumps(review).encode()


def wants_the_impossible(body: bytes) -> tuple[int, bytes]:
    """An admission webhook that wants something changed that is not there."""
    review = json.loads(body)
    change = json.dumps([{"op": "replace", "path": "/spec/nothing/here", "value": 1}]).encode()
    answer = {"allowed": True, "patchType": "JSONPatch", "patch": base64.b64encode(change).decode()}
    review["response"] = {"uid": review["request"]["uid"], **answer}
    return 200, json.dumps(review).encode()


def echoes(body: bytes) -> tuple[int, bytes]:
    """An admission webhook that allows nothing, and quotes all that it does not allow."""
    review = json.loads(body)
    item = review["request"]["object"]
    item["metadata"].pop("managedFields")
    what_counts = item.get("data") or item["spec"]["template"]["spec"]["containers"]
    message = f"not allowed: {json.dumps(what_counts)}, {json.dumps(item)}"
    status = {"code": 403, "message": message}
    review["response"] = {"uid": review["request"]["uid"], "allowed": False, "status": status}
    return 200, json.dumps(review).encode()


def with_certificate(server: Played, folder: Path) -> str:
    """Let a server on the loopback speak TLS; gives the certificate that vouches for it, as base64.

    Those of one folder have one certificate.
    """
    signed = self_signed(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(signed.with_key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    return base64.b64encode(signed.certificate.read_bytes()).decode()
