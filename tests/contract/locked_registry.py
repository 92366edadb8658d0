"""A registry that wants a login, and has no images."""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cdkit.models.image import Credentials

LOGIN = Credentials("somebody", "s3cret-password")
EXPECTED = f"Basic {base64.b64encode(f'{LOGIN.username}:{LOGIN.password}'.encode()).decode()}"


class _Locked(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        known = self.headers.get("Authorization") == EXPECTED
        self.send_response(404 if known else 401)
        if not known:
            self.send_header("WWW-Authenticate", 'Basic realm="test"')
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_HEAD = do_POST = _answer  # noqa: N815 -- the names that http.server asks for

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@contextmanager
def locked_registry() -> Iterator[str]:
    """The host and port of such a registry."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Locked) as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.01], daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()
