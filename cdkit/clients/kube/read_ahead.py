"""TLS of which all that has come is read at once.

Python's own gives one record at a time, for each of which it asks the system twice. An API server puts each line of a
log into a record of its own, and to read 200,000 of them takes less than half of the processor's time here. And one
thread may receive here while another sends: OpenSSL's connection itself is not made for that.
"""

from __future__ import annotations

import ssl
import threading
from contextlib import suppress
from socket import SHUT_RD, socket
from typing import Any, Self, cast

from urllib3.util.ssltransport import SSLTransport

PIECE_BYTES = 1 << 18
"""The most that is asked of the system at once."""


class ReadAheadContext(ssl.SSLContext):
    """Makes such connections for urllib3; verifies certificates and names unless it is told otherwise."""

    def __new__(cls) -> Self:
        """A context for a client."""
        return super().__new__(cls, ssl.PROTOCOL_TLS_CLIENT)

    def wrap_socket(self, sock: socket, *_: Any, server_hostname: str | None = None, **__: Any) -> ReadAheadSocket:  # type: ignore[override] # urllib3 asks for no more of it than its own transport has
        """A connection on which the handshake is done."""
        return ReadAheadSocket(sock, self, server_hostname)


class ReadAheadSocket(SSLTransport):
    """A TLS connection over a connected socket; `SSLTransport` has what else urllib3 and `http.client` ask of it."""

    def __init__(self, sock: socket, context: ssl.SSLContext, server_hostname: str | None) -> None:
        self._turn = threading.Lock()
        """Who works with the state of the connection; nobody waits for the network meanwhile."""
        self._sending = threading.Lock()
        super().__init__(sock, context, server_hostname)

    def recv(self, buflen: int = PIECE_BYTES, flags: int = 0) -> bytes:
        """What has come, and at least one byte; nothing at the end."""
        buffer = bytearray(buflen)
        return bytes(memoryview(buffer)[: self.recv_into(buffer)])

    def recv_into(self, buffer: bytearray | memoryview, nbytes: int | None = None, flags: int = 0) -> int:
        """Write what has come into a buffer; gives how many bytes that are, 0 at the end."""
        with memoryview(buffer) as view, view.cast("B") as whole, whole[: nbytes or None] as room:
            while (count := self._decrypted_into(room)) is None:
                self._take_in(self.socket.recv(PIECE_BYTES))
            return count

    def send(self, data: Any, flags: int = 0) -> int:
        """Send what is given, whole."""
        with self._sending:
            with self._turn:
                count = self.sslobj.write(data)
            self._hand_out()
        return count

    def shutdown(self, how: int) -> None:
        """End the connection under whoever waits for it, from any thread; it may have ended by itself."""
        with suppress(OSError):
            self.socket.shutdown(how)

    def _take_in(self, piece: bytes) -> None:
        with self._turn:
            if piece:
                self.incoming.write(piece)
            else:
                self.incoming.write_eof()

    def _decrypted_into(self, room: memoryview) -> int | None:
        """How many bytes of what has come were written there: 0 at the end, None when more has to come first."""
        count = 0
        try:
            while count < len(room):
                read = self._decrypted_record(room[count:])
                if not read:
                    # Whoever looks whether it can be used again has to see that it has ended.
                    self.shutdown(SHUT_RD)
                    break
                count += read
        except ssl.SSLWantReadError:
            return count or None
        finally:
            self._answer_the_other_side()
        return count

    def _decrypted_record(self, room: memoryview) -> int:
        try:
            with self._turn:
                return cast("int", self.sslobj.read(len(room), room))
        except ssl.SSLEOFError:
            # The other side has gone without a farewell: where an answer ends, the answer says.
            return 0

    def _answer_the_other_side(self) -> None:
        """Send what TLS itself has to say, a new key, say; who sends at this moment does it too."""
        if self.outgoing.pending and self._sending.acquire(blocking=False):
            try:
                # It may be gone already; what it has said before that can still be read.
                with suppress(OSError):
                    self._hand_out()
            finally:
                self._sending.release()

    def _hand_out(self) -> None:
        while self.outgoing.pending:
            with self._turn:
                encrypted = self.outgoing.read()
            self.socket.sendall(encrypted)


def let_read_ahead(pool_settings: dict[str, Any]) -> None:
    """Let the TLS connections of urllib3's pools read ahead; the certificates are read once, and not for each of them.

    Args:
        pool_settings: `PoolManager.connection_pool_kw`, before its first pool is made.

    Raises:
        OSError: a file with a certificate cannot be read, or is none.
    """
    context = ReadAheadContext()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if pool_settings.get("cert_reqs") == ssl.CERT_NONE:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    file, data = pool_settings.pop("ca_certs", None), pool_settings.pop("ca_cert_data", None)
    if file or data:
        context.load_verify_locations(file, cadata=data)
    else:
        context.load_default_certs()
    certificate, key = pool_settings.pop("cert_file", None), pool_settings.pop("key_file", None)
    if certificate:
        context.load_cert_chain(certificate, key)
    pool_settings["ssl_context"] = context
