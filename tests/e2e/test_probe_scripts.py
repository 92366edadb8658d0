"""Probes, asked by a real busybox of real servers."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterable, Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice

import pytest

from cdkit.flow.cancellation import Cancellation
from cdkit.flow.clock import SystemClock
from cdkit_pods.waiting.conditions import Exec, Http, Tcp
from cdkit_pods.waiting.probes import ANSWER_SECONDS, Probe
from tests.unit.pods.played_pod import PlayedPod

from .test_keeper_scripts import LocalExecution

pytestmark = pytest.mark.cluster
"""They need no cluster, but the static busybox that comes with it."""


class LocalPod(PlayedPod):
    """A pod whose containers are this machine."""

    def execute(
        self, container: str, command: Sequence[str], *, stdin: Iterable[bytes] = (), cancellation: Cancellation
    ) -> LocalExecution:
        return LocalExecution(command, stdin, None)


class Handler(BaseHTTPRequestHandler):
    """Answers with the request itself, in the way that the path asks for."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        told = f"{self.requestline}|{self.headers['x-key']}|{self.headers['host']}"
        body = (told + "\0\xff" + "." * 200_000 * (self.path == "/large")).encode("latin-1")
        self.send_response(503 if self.path == "/busy" else 200)
        if self.path == "/chunked":
            self.send_header("transfer-encoding", "chunked")
            body = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
        else:
            self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def server() -> Iterator[int]:
    """The port of a server."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.fixture
def closed() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def first(wanted: Tcp | Http | Exec) -> str:
    """The first answer."""
    probe = Probe(LocalPod(), "web", SystemClock(), Cancellation())
    return next(answer.text for answer in probe.answers(wanted))


def test_a_port_takes_connections_once_somebody_listens(closed: int) -> None:
    answers = Probe(LocalPod(), "web", SystemClock(), Cancellation()).answers(Tcp(closed))
    assert [answer.text for answer in islice(answers, 2)] == ["took no connection"] * 2
    with socket.create_server(("127.0.0.1", closed)):
        assert "" in [answer.text for answer in islice(answers, 50)]


def test_a_server_of_ipv6_alone_is_found_too() -> None:
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as listener:
        assert first(Tcp(listener.getsockname()[1])) == ""


@pytest.mark.parametrize("path", ["/", "/chunked", "/large", "/$(id)`id`;'\"%s\\n&|", "/ü"])
def test_a_request_comes_as_it_was_written_and_no_shell_reads_it(server: int, path: str) -> None:
    body = r"^POST \S+ HTTP/1\.1\|\$HOME\|localhost:\d+"
    wanted = Http(port=server, method="POST", path=path, headers=(("x-key", "$HOME"),), body=body)
    assert first(wanted) == ""


def test_an_answer_that_is_not_wanted_is_told(server: int, closed: int) -> None:
    assert first(Http(port=server, method="POST", path="/busy")) == "answered 503"
    assert first(Http(port=server, method="POST", body="nowhere")) == "answered 200, and 'nowhere' is not in the body"
    assert first(Http(port=closed)) == "took no connection"


def test_a_server_that_says_nothing_is_not_waited_for_long() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        assert first(Http(port=listener.getsockname()[1])) == "sent no answer within 5 s"


class PatientPod(LocalPod):
    """A pod in which an answer may take ten minutes."""

    def execute(
        self, container: str, command: Sequence[str], *, stdin: Iterable[bytes] = (), cancellation: Cancellation
    ) -> LocalExecution:
        patient = ["600" if word == str(ANSWER_SECONDS) else word for word in command]
        return super().execute(container, patient, stdin=stdin, cancellation=cancellation)


@pytest.mark.parametrize(
    ("method", "answer"),
    [
        ("GET", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"),
        ("GET", b"HTTP/1.1 200 OK\ncontent-length:2\n\nok"),
        ("GET", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
        ("HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"),
    ],
)
def test_a_server_that_does_not_hang_up_is_not_waited_for(method: str, answer: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connections.append(listener.accept()[0])
            connections[0].sendall(answer)

        connections: list[socket.socket] = []
        threading.Thread(target=serve, daemon=True).start()
        wanted = Http(port=listener.getsockname()[1], method=method)
        answers = Probe(PatientPod(), "web", SystemClock(), Cancellation()).answers(wanted)
        assert next(answers).text == ""
        connections[0].close()


@pytest.mark.parametrize("words", [b"J\0\0\0\n5.7.44 and no more", b"220 smtp.example\r\n", b"hi", b"HTTP/1.1"])
def test_what_is_no_http_is_told_as_that(words: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection = listener.accept()[0]
            connection.sendall(words)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(1000):
                pass
            connection.close()

        threading.Thread(target=serve, daemon=True).start()
        assert first(Http(port=listener.getsockname()[1])) == "answered with what is not HTTP"


def test_a_command_tells_why_it_is_not_content() -> None:
    assert first(Exec(("/bin/sh", "-c", "echo starting >&2; echo no response >&2; exit 2"))) == (
        "ended with exit code 2: no response"
    )
    assert first(Exec(("/bin/true",))) == ""
