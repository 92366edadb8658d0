"""Requests and answers on a connection, byte by byte; the server is the other end of a pair of sockets."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from httptools import HttpParserError

from cdkit.clients.kube.errors import Answer
from cdkit.clients.kube.exchange import BrokenOff, Exchange

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


class Connection:
    """What urllib3 gives: a socket, and whether it is still of use."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.is_connected = True

    def connect(self) -> None:
        """It is."""

    def close(self) -> None:
        self.is_connected = False
        self.sock.close()


class Server:
    """Plays one connection after the other."""

    def __init__(self, *answers: bytes) -> None:
        self._answers = list(answers)
        self.ends: list[socket.socket] = []
        self.connections: list[Connection] = []
        self.exchange = Exchange(self.connect, "k.example:6443", most_idle=4, read_seconds=10)

    def connect(self) -> Connection:
        """The next answer is all that comes on the new connection; `say` adds to it."""
        ours, theirs = socket.socketpair()
        theirs.settimeout(10)
        theirs.sendall(self._answers.pop(0))
        self.ends.append(theirs)
        self.connections.append(Connection(ours))
        return self.connections[-1]

    def ask(self, body: bytes | None = None) -> Answer:
        return self.exchange.ask("PATCH", "/api?force=true", {"Accept": "application/json"}, body)

    def heard(self) -> bytes:
        """What has come on the last connection."""
        return self.ends[-1].recv(1 << 16)


@pytest.fixture
def servers() -> Iterator[list[Server]]:
    made: list[Server] = []
    yield made
    for server in made:
        for connection in server.connections:
            connection.close()
        for end in server.ends:
            end.close()


def play(servers: list[Server], *answers: bytes) -> Server:
    servers.append(Server(*answers))
    return servers[-1]


def test_a_request_goes_out_in_one_piece(servers: list[Server]) -> None:
    server = play(servers, OK)
    server.ask(b'{"a":1}')
    assert server.heard() == (
        b"PATCH /api?force=true HTTP/1.1\r\nHost: k.example:6443\r\nAccept-Encoding: identity\r\n"
        b'Accept: application/json\r\nContent-Length: 7\r\n\r\n{"a":1}'
    )


def test_a_request_without_a_body_has_no_length(servers: list[Server]) -> None:
    server = play(servers, OK)
    server.ask()
    assert b"Content-Length" not in server.heard()


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        (OK, Answer(200, b"{}")),
        (b"HTTP/1.1 204 No Content\r\n\r\n", Answer(204)),
        (b"HTTP/1.1 429 Slow\r\nretry-after: 3\r\ncontent-length: 0\r\n\r\n", Answer(429, b"", 3.0)),
        (b"HTTP/1.1 503 No\r\nRetry-After: tomorrow\r\nContent-Length: 0\r\n\r\n", Answer(503)),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n1\r\n \r\n0\r\n\r\n", Answer(200, b"{} ")),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + OK, Answer(200, b"{}")),
    ],
)
def test_an_answer_is_read_to_its_end(servers: list[Server], said: bytes, answer: Answer) -> None:
    assert play(servers, said).ask() == answer


def test_an_answer_of_no_length_ends_with_the_connection(servers: list[Server]) -> None:
    server = play(servers, b"HTTP/1.0 502 Bad Gateway\r\n\r\n<html>")
    server.exchange = Exchange(lambda: ended(server), "k.example", 4, 10)
    assert server.ask() == Answer(502, b"<html>")


def ended(server: Server) -> Connection:
    """A connection on which the server has said its last word."""
    connection = server.connect()
    server.ends[-1].shutdown(socket.SHUT_WR)
    return connection


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200 OK\r\nConte", OK[:-1], b"HTTP/1.1 100 Continue\r\n\r\n"])
def test_an_answer_that_breaks_off_is_none(servers: list[Server], said: bytes) -> None:
    server = play(servers, said)
    server.exchange = Exchange(lambda: ended(server), "k.example", 4, 10)
    with pytest.raises(BrokenOff, match="before the end"):
        server.ask()


def test_what_is_no_http_is_refused(servers: list[Server]) -> None:
    with pytest.raises(HttpParserError):
        play(servers, b"SSH-2.0-OpenSSH\r\n").ask()


def test_a_connection_serves_again(servers: list[Server]) -> None:
    server = play(servers, OK)
    for _ in range(3):
        assert server.ask().ok
        server.ends[0].sendall(OK)
    assert len(server.connections) == 1


def test_a_connection_that_has_ended_meanwhile_is_not_used_again(servers: list[Server]) -> None:
    server = play(servers, OK, OK)
    server.ask()
    server.connections[0].is_connected = False
    assert server.ask().ok
    assert len(server.connections) == 2


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}",
    ],
)
def test_a_connection_that_the_server_ends_is_closed(servers: list[Server], said: bytes) -> None:
    server = play(servers, said, OK)
    assert server.ask() == Answer(200, b"{}")
    assert not server.connections[0].is_connected


def test_two_answers_to_one_request_are_none(servers: list[Server]) -> None:
    server = play(servers, OK + OK)
    with pytest.raises(HttpParserError):
        server.ask()
    assert not server.connections[0].is_connected


def test_a_connection_that_cannot_be_made_is_closed(servers: list[Server]) -> None:
    server = play(servers, OK)

    class Refused(Connection):
        def connect(self) -> None:
            raise ConnectionRefusedError("Connection refused")

    def refused() -> Connection:
        server.connections.append(Refused(server.connect().sock))
        return server.connections[-1]

    server.exchange = Exchange(refused, "k.example", 4, 10)
    with pytest.raises(ConnectionRefusedError):
        server.ask()
    assert not server.connections[-1].is_connected


def test_a_refusal_is_heard_also_when_the_server_does_not_read_the_request(servers: list[Server]) -> None:
    server = play(servers, b"HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}")

    def deaf() -> Connection:
        connection = server.connect()
        server.ends[-1].close()
        return connection

    server.exchange = Exchange(deaf, "k.example", 4, 10)
    assert server.ask(b"x" * 1000) == Answer(413, b"{}")
