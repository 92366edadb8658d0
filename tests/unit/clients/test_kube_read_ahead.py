"""TLS connections that read ahead; the server is the other end of a pair of sockets, and speaks Python's own TLS."""

from __future__ import annotations

import select
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cdkit.clients.kube.read_ahead import ReadAheadContext, ReadAheadSocket, let_read_ahead

NAME = "k.example"
PATIENCE = 10.0
Play = Callable[[ssl.SSLSocket], None]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for the server, which vouches for itself, and its key."""
    path = tmp_path_factory.mktemp("tls") / "certificate.pem"
    command = f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN={NAME} -addext subjectAltName=DNS:{NAME}"
    subprocess.run([*command.split(), "-keyout", path, "-out", f"{path}.crt"], check=True, capture_output=True)
    path.write_text(path.read_text() + Path(f"{path}.crt").read_text())
    return path


class Peer:
    """Connects to servers that are played in a thread."""

    def __init__(self, certificate: Path) -> None:
        self._theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._theirs.load_cert_chain(certificate)
        self.settings: dict[str, Any] = {"ca_certs": str(certificate)}
        self._sockets: list[socket.socket] = []
        self._threads: list[threading.Thread] = []

    def connect(self, play: Play = lambda _: None, name: str = NAME) -> ReadAheadSocket:
        let_read_ahead(self.settings)
        context = self.settings.pop("ssl_context")
        assert isinstance(context, ReadAheadContext)
        ours, theirs = socket.socketpair()
        self._sockets += (ours, theirs)
        for end in (ours, theirs):
            end.settimeout(PATIENCE)
        self._threads.append(threading.Thread(target=self._serve, args=(theirs, play)))
        self._threads[-1].start()
        return context.wrap_socket(ours, server_hostname=name)

    def _serve(self, raw: socket.socket, play: Play) -> None:
        try:
            with self._theirs.wrap_socket(raw, server_side=True) as server:
                play(server)
        except OSError:
            """The client refuses the certificate."""

    def close(self) -> None:
        for end in self._sockets:
            end.close()
        for thread in self._threads:
            thread.join(PATIENCE)


@pytest.fixture
def peer(certificate: Path) -> Iterator[Peer]:
    peer = Peer(certificate)
    yield peer
    peer.close()


def received(connection: ReadAheadSocket) -> bytes:
    return b"".join(iter(lambda: connection.recv(1000), b""))


def test_records_that_have_come_are_read_at_once(peer: Peer) -> None:
    sent = threading.Event()

    def play(server: ssl.SSLSocket) -> None:
        for number in range(20):
            server.sendall(b"line %d\n" % number)
        sent.set()
        server.recv(1)

    connection = peer.connect(play)
    assert sent.wait(PATIENCE)
    assert connection.recv(1 << 16) == b"".join(b"line %d\n" % number for number in range(20))
    connection.sendall(b".")


def test_what_does_not_fit_comes_with_the_next_call(peer: Peer) -> None:
    connection = peer.connect(lambda server: server.sendall(b"a" * 30_000))
    buffer = bytearray(7)
    assert connection.recv_into(buffer, 3) == 3
    assert bytes(buffer) == b"aaa\0\0\0\0"
    assert received(connection) == b"a" * 29_997


def test_a_farewell_is_the_end(peer: Peer) -> None:
    connection = peer.connect(lambda server: server.unwrap().close())
    assert connection.recv() == b""
    assert connection.recv() == b""


def test_an_end_that_came_with_the_last_answer_is_seen_by_who_looks_for_it(peer: Peer) -> None:
    kept: list[socket.socket] = []
    said = threading.Event()

    def play(server: ssl.SSLSocket) -> None:
        server.sendall(b"answer")
        # A farewell, while the connection below it stays open.
        server.settimeout(0)
        try:
            server.unwrap()
        except OSError:
            kept.append(server)
        said.set()

    connection = peer.connect(play)
    assert said.wait(PATIENCE)
    assert connection.recv() == b"answer"
    assert socket_is_readable(connection)


def socket_is_readable(connection: ReadAheadSocket) -> bool:
    """What urllib3 asks before it uses a connection again: an end can be read, silence cannot."""
    return bool(select.select([connection.fileno()], [], [], 0)[0])


def test_a_connection_that_breaks_off_without_a_farewell_ends(peer: Peer) -> None:
    assert received(peer.connect(lambda server: server.sendall(b"half"))) == b"half"


def test_one_thread_receives_while_another_sends_much(peer: Peer) -> None:
    content = bytes(range(256)) * 8000

    def echo(server: ssl.SSLSocket) -> None:
        left = len(content)
        while left:
            piece = server.recv(1 << 16)
            server.sendall(piece)
            left -= len(piece)

    connection = peer.connect(echo)
    sender = threading.Thread(target=connection.sendall, args=(content,))
    sender.start()
    assert received(connection) == content
    sender.join(PATIENCE)


def test_a_shutdown_ends_a_read_that_waits(peer: Peer) -> None:
    connection = peer.connect(lambda server: server.recv(1) and None)
    ended = threading.Thread(target=received, args=(connection,))
    ended.start()
    connection.shutdown(socket.SHUT_RDWR)
    ended.join(PATIENCE)
    assert not ended.is_alive()
    connection.shutdown(socket.SHUT_RDWR)


def test_the_certificate_has_to_be_vouched_for_and_of_the_right_name(peer: Peer) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        peer.connect(name="other.example")
    peer.settings = {}
    with pytest.raises(ssl.SSLCertVerificationError, match="certificate verify failed"):
        peer.connect()


def test_a_kubeconfig_may_forgo_the_verification(peer: Peer) -> None:
    peer.settings = {"cert_reqs": ssl.CERT_NONE}
    assert received(peer.connect(lambda server: server.sendall(b"hello"), name="other.example")) == b"hello"


def test_a_certificate_that_is_none_is_an_error_before_any_connection(tmp_path: Path) -> None:
    file = tmp_path / "ca.crt"
    file.write_text("no certificate")
    with pytest.raises(ssl.SSLError):
        let_read_ahead({"ca_certs": str(file)})
