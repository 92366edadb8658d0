"""The web service: a greeting on ``/``, its health on ``/health``.

Settings come from the environment:

- ``PORT``: where to listen (8000; 0 takes any free port).
- ``DRAIN_SECONDS``: how long to go on serving after SIGTERM (5).
- ``ACCESS_LOG``: anything but an empty value logs each request.
"""

from __future__ import annotations

import os
import signal
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from hello import __version__

# Edit this line and deploy again to watch a rolling update.
GREETING = "Hello from cdkit"

STOP_SIGNALS = frozenset({signal.SIGTERM, signal.SIGINT})


class Handler(BaseHTTPRequestHandler):
    """Answers one connection, which HTTP/1.0 closes after its answer."""

    # A client that connects and then says nothing must not hold up the end of the process.
    timeout = 10

    def do_GET(self) -> None:
        """Answers a GET."""
        match urlsplit(self.path).path:
            case "/":
                self.answer(HTTPStatus.OK, f"{GREETING}, version {__version__}")
            case "/health":
                self.answer(HTTPStatus.OK, "ok")
            case _:
                self.answer(HTTPStatus.NOT_FOUND, "not found")

    def answer(self, status: HTTPStatus, line: str) -> None:
        """Sends a line of text."""
        body = f"{line}\n".encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Logs a request only where that is asked for: probes alone come every second."""
        if os.environ.get("ACCESS_LOG"):
            super().log_request(code, size)


class Server(ThreadingHTTPServer):
    """A thread for each connection; closing it waits for the answers that are under way."""

    daemon_threads = False
    request_queue_size = 256

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.server_address[1])


def serve_in_background(port: int) -> tuple[Server, threading.Thread]:
    """Starts a server on all addresses, and returns it with the thread that accepts its connections."""
    server = Server(("0.0.0.0", port), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, name="accept")
    thread.start()
    return server, thread


def stop(server: Server, thread: threading.Thread) -> None:
    """Accepts nothing more, finishes the answers that are under way, and returns."""
    server.shutdown()
    thread.join()
    server.server_close()


def wait_for_end(drain_seconds: float) -> None:
    """Returns when the process is to stop accepting connections.

    Kubernetes sends SIGTERM to a pod at the same time as it begins to take the pod out of its Service. Until every
    node's kube-proxy has heard of that (a second or more), new connections still arrive here; one who closed the door
    at once would refuse them, and a rolling update would lose requests. So a process that is told to end goes on
    serving for a while. A second signal cuts that short, and so does Ctrl-C, which comes from a person.
    """
    if signal.sigwait(STOP_SIGNALS) == signal.SIGTERM:
        print(f"SIGTERM: serving for {drain_seconds:g} more seconds", flush=True)
        signal.sigtimedwait(STOP_SIGNALS, drain_seconds)


def main() -> int:
    """Serves until SIGTERM or SIGINT, and returns the exit status.

    The signals are blocked and waited for, rather than handled: that also works as process 1 of a container, for which
    the kernel drops every signal that would have its default effect.
    """
    # Before any thread exists, as threads inherit the mask.
    signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    drain_seconds = float(os.environ.get("DRAIN_SECONDS", "5"))
    server, thread = serve_in_background(int(os.environ.get("PORT", "8000")))
    print(f"hello {__version__} listens on port {server.port}", flush=True)
    wait_for_end(drain_seconds)
    stop(server, thread)
    print("stopped", flush=True)
    return 0
