"""An API server of which a test plays the commands in containers: the server's side of a WebSocket, and no more."""

from __future__ import annotations

import base64
import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec

FINAL, CONTINUED, BINARY, CLOSE, PING, PONG = 0x80, 0x0, 0x2, 0x8, 0x9, 0xA
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


def frame(kind: int, content: bytes, final: int = FINAL) -> bytes:
    """What a server sends: a frame that is not masked. RFC 6455, 5.2."""
    if len(content) < 126:
        return bytes((final | kind, len(content))) + content
    size, mark = (2, 126) if len(content) < 1 << 16 else (8, 127)
    return bytes((final | kind, mark)) + len(content).to_bytes(size, "big") + content


def message(channel: int, content: bytes) -> bytes:
    """One message on a channel."""
    return frame(BINARY, bytes((channel,)) + content)


def status(**fields: object) -> bytes:
    """The message that a command ended with."""
    return message(3, msgspec.json.encode(fields))


class Talk:
    """One command, from the server's side."""

    def __init__(self, handler: BaseHTTPRequestHandler) -> None:
        self._handler = handler

    def send(self, raw: bytes) -> None:
        """Send frames."""
        self._handler.wfile.write(raw)
        self._handler.wfile.flush()

    def received(self) -> Iterator[tuple[int, bytes]]:
        """The frames that come, as kind and content, until the client hangs up."""
        read = self._handler.rfile.read
        while len(head := read(2)) == 2:
            length = head[1] & 0x7F
            if length >= 126:
                length = int.from_bytes(read(2 if length == 126 else 8), "big")
            mask, content = read(4), read(length)
            yield head[0] & 0xF, _masked(content, mask)


def _masked(content: bytes, mask: bytes) -> bytes:
    """What a mask makes of it, or has made. RFC 6455, 5.3."""
    whole = (mask * (len(content) // len(mask) + 1))[: len(content)]
    return (int.from_bytes(content, "big") ^ int.from_bytes(whole, "big")).to_bytes(len(content), "big")


Play = Callable[[Talk], None]


class PlayedChannels(ThreadingHTTPServer):
    """Answers a request for a command.

    Attributes:
        play: goes on once the channels are open; when it returns, the connection ends.
        protocols: those that it knows.
        refusal: the status and the body of an answer that opens none.
        early: frames that are sent together with the answer.
        understands: whether it answers to the key as a WebSocket does.
        asked: the paths that were asked for, with their queries.
        headers: those of the last request, in lower case.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.play: Play = lambda _: None
        self.protocols = ["v5.channel.k8s.io", "v4.channel.k8s.io"]
        self.refusal: tuple[int, bytes] | None = None
        self.early = b""
        self.understands = True
        self.asked: list[str] = []
        self.headers: dict[str, str] = {}

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, *_: object) -> None:
        """A client that hangs up is none of our business."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # What is written goes out together, until it is flushed.
    wbufsize = -1
    server: PlayedChannels

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.server.headers = {name.lower(): value for name, value in self.headers.items()}
        self.close_connection = True
        if self.server.refusal is not None:
            self._refuse(*self.server.refusal)
            return
        self._open()
        self.server.play(Talk(self))

    def _refuse(self, code: int, body: bytes) -> None:
        self.send_response(code)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Location", "/elsewhere")
        self.end_headers()
        self.wfile.write(body)

    def _open(self) -> None:
        key = self.headers["Sec-WebSocket-Key"].encode() if self.server.understands else b"another"
        offered = [name.strip() for name in self.headers["Sec-WebSocket-Protocol"].split(",")]
        self.send_response(101)
        self.send_header("Upgrade", "websocket")
        self.send_header("Connection", "Upgrade")
        accepted = hashlib.sha1(key + _GUID, usedforsecurity=False).digest()
        self.send_header("Sec-WebSocket-Accept", base64.b64encode(accepted).decode())
        self.send_header("Sec-WebSocket-Protocol", next(name for name in offered if name in self.server.protocols))
        self.end_headers()
        self.wfile.write(self.server.early)
        self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@contextmanager
def played_channels() -> Iterator[PlayedChannels]:
    """Such a server, until the end of the block."""
    with PlayedChannels() as server:
        threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        yield server
        server.shutdown()
