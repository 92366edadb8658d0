"""Streams beside each other on one connection: the channels that an API server speaks on a WebSocket.

https://www.rfc-editor.org/rfc/rfc6455; in each message the first byte names the channel, as in
https://pkg.go.dev/k8s.io/apimachinery/pkg/util/remotecommand. The library for WebSockets does the framing; the
connection is made as all others are, with the same certificates, credentials and proxies. Only the first command that
is run imports this module, and the library with it.
"""

from __future__ import annotations

import base64
import hashlib
import os
import socket
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from typing import Any

from websocket import ABNF, WebSocket, WebSocketException

from cdkit.clients.kube.errors import Answer
from cdkit.clients.kube.transport import Transport

STDIN, STDOUT, STDERR, STATUS = range(4)
CLOSE = 255
"""The channel of a message that ends the channel which it names."""

CLOSABLE = "v5.channel.k8s.io"
"""Since Kubernetes 1.30. With the older one an input never ends."""

OLDER = "v4.channel.k8s.io"
SWITCHING_PROTOCOLS = 101
LARGEST_MESSAGE = 1 << 16
"""Bytes that are sent in one message."""

_ACCEPTED = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
"""RFC 6455, 4.2.2: what a server hashes the key with, to show that it has understood."""


class HungUp(Exception):
    """The connection is no more; its cause, where there is any, says why."""


class _Stream:
    """What the library takes for a socket. It reads what the HTTP library has already read ahead, too."""

    def __init__(self, response: Any) -> None:
        self.sock = response.connection.sock
        # The headers of the answer may have come together with the first messages.
        self.recv = response._fp.fp.read1  # noqa: SLF001 -- urllib3 shows nothing of what follows a 101
        self.send = self.sock.send
        self.sock.settimeout(None)

    def gettimeout(self) -> None:
        """It waits for ever: a program may say nothing for hours."""


class _WebSocket(WebSocket):
    """One that only speaks while nobody else does: the library would let the thread that receives wait for its turn.

    Then nobody would take what the other side has to get rid of before it takes more itself.
    """

    def __init__(self, stream: _Stream, sending: threading.Lock) -> None:
        super().__init__(skip_utf8_validation=True, enable_multithread=False)
        self.sock = stream  # type: ignore[assignment] # it asks for no more of a socket
        self._sending = sending

    def pong(self, payload: str | bytes = b"") -> None:
        """Answer a ping; who sends at this moment shows as well that we are there."""
        if self._sending.acquire(blocking=False):
            try:
                super().pong(payload)
            finally:
                self._sending.release()

    def send_close(self, status: int = 1000, reason: str | bytes = b"") -> None:
        """Say nothing to the other side's good-bye: the connection ends with it."""


class Channels:
    """The open channels. One thread may receive while others send.

    Args:
        response: urllib3's response with which the server changed over to the WebSocket.
    """

    def __init__(self, response: Any) -> None:
        self._response = response
        self._stream = _Stream(response)
        self._sending = threading.Lock()
        self._websocket = _WebSocket(self._stream, self._sending)
        self._is_open = True
        self.input_can_end = response.headers.get("Sec-WebSocket-Protocol") == CLOSABLE

    def receive(self) -> tuple[int, bytes]:
        """The next message, as its channel and content; what nobody receives stays with the server.

        Raises:
            HungUp: there will be none.
        """
        try:
            opcode, message = self._websocket.recv_data()
        except (WebSocketException, OSError, ValueError, AttributeError) as error:
            raise HungUp from error
        if opcode == ABNF.OPCODE_CLOSE or not message:
            raise HungUp
        return message[0], message[1:]

    def send(self, channel: int, content: bytes) -> None:
        """Send on a channel; waits while the other side does not take it.

        Raises:
            HungUp: the connection broke or is closed.
        """
        for first in range(0, len(content), LARGEST_MESSAGE):
            self._send(self._websocket.send_binary, bytes((channel,)) + content[first : first + LARGEST_MESSAGE])

    def end_input(self) -> None:
        """Let the other side see the end of its input, where it can be told of it."""
        if self.input_can_end:
            self._send(self._websocket.send_binary, bytes((CLOSE, STDIN)))

    def ping(self) -> None:
        """Say something that means nothing, for those in between who cut silent connections."""
        self._send(self._websocket.ping, b"")

    def hang_up(self) -> None:
        """End the connection under whoever waits for it, from any thread."""
        # Behind a proxy that speaks TLS itself, urllib3's own connection cannot be shut down.
        with suppress(OSError, ValueError, AttributeError):
            self._stream.sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Hang up, and give the connection back to the system."""
        self.hang_up()
        with self._sending:
            self._is_open = False
            self._response.close()

    def _send(self, send: Callable[[bytes], object], content: bytes) -> None:
        with self._sending:
            if not self._is_open:
                raise HungUp
            try:
                send(content)
            except (WebSocketException, OSError, ValueError, AttributeError) as error:
                raise HungUp from error


def open_channels(transport: Transport, path: str) -> Channels | Answer:
    """Ask for a connection of channels; the server's answer when it does not give one.

    Raises:
        ClusterUnreachable: no answer came.
    """
    key = base64.b64encode(os.urandom(16))
    asked = {
        # A kubelet answers with JSON to no such request, and refuses what asks for it (406).
        "Accept": "*/*",
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": key.decode(),
        "Sec-WebSocket-Protocol": f"{CLOSABLE}, {OLDER}",
    }
    response = transport.upgrade(path, asked)
    if response.status != SWITCHING_PROTOCOLS:
        return _refusal(response)
    accepted = base64.b64encode(hashlib.sha1(key + _ACCEPTED, usedforsecurity=False).digest()).decode()
    if response.headers.get("Sec-WebSocket-Accept") != accepted:
        response.close()
        return Answer(SWITCHING_PROTOCOLS, b"what answers does not speak WebSockets")
    return Channels(response)


def _refusal(response: Any) -> Answer:
    """What a server says that stays with HTTP. It may hang up behind that without a word, so nobody may ask it more."""
    connection = response.connection
    if connection is None:
        return Answer(response.status, response.data)
    # It goes back to the pool when the answer was read, and begins anew there.
    sock, connection.sock = connection.sock, None
    with closing(sock):
        return Answer(response.status, response.data)
