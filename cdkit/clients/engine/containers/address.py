"""Where the engine is, and connections to it: the variables of Docker's own clients, and nothing else.

https://docs.docker.com/reference/cli/docker/#environment-variables
"""

from __future__ import annotations

import socket
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

import msgspec

from cdkit.clients.engine.connection import DEFAULT_ADDRESS
from cdkit.errors import EngineUnreachable

if TYPE_CHECKING:
    from ssl import SSLContext

PLAIN_PORT, TLS_PORT = 2375, 2376


class EngineAddress(msgspec.Struct, frozen=True, kw_only=True):
    """One engine.

    Attributes:
        text: as people name it.
        socket: the path of its socket; empty when it is reached over the network.
        host: its host.
        port: its port.
        certificates: the folder with `ca.pem`, `cert.pem` and `key.pem`; None for a connection without TLS.
        checks_host: whether its certificate has to be made for `host`.
    """

    text: str
    socket: str = ""
    host: str = ""
    port: int = 0
    certificates: Path | None = None
    checks_host: bool = True

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> Self:
        """The engine that DOCKER_HOST, DOCKER_TLS_VERIFY and DOCKER_CERT_PATH name.

        Raises:
            EngineUnreachable: DOCKER_HOST is no address that can be used here.
        """
        text = environ.get("DOCKER_HOST") or DEFAULT_ADDRESS
        parts = urlsplit(text)
        if parts.scheme == "unix":
            return cls(text=text, socket=parts.path or f"/{parts.netloc}")
        if parts.scheme not in ("tcp", "http", "https") or not parts.hostname:
            raise EngineUnreachable(
                f"The Docker engine at {text} cannot be reached: such an address is not understood.",
                remedy="Let DOCKER_HOST be unix:///PATH or tcp://HOST:PORT; "
                "`ssh -L` makes a socket here of one on another machine.",
            )
        folder, verify = environ.get("DOCKER_CERT_PATH"), environ.get("DOCKER_TLS_VERIFY")
        is_tls = bool(folder or verify or parts.scheme == "https")
        return cls(
            text=text,
            host=parts.hostname,
            port=_port(text) or (TLS_PORT if is_tls else PLAIN_PORT),
            certificates=Path(folder or Path(environ.get("HOME", "/"), ".docker")) if is_tls else None,
            checks_host=bool(verify),
        )

    def connection(self, seconds: float) -> HTTPConnection:
        """A connection that is opened on its first use, and may take so many seconds for it."""
        if self.socket:
            return _SocketConnection(self.socket, seconds)
        if self.certificates is None:
            return HTTPConnection(self.host, self.port, timeout=seconds)
        context = _tls(self.certificates, checks_host=self.checks_host)
        return HTTPSConnection(self.host, self.port, timeout=seconds, context=context)


def _port(text: str) -> int | None:
    try:
        return urlsplit(text).port
    except ValueError as error:
        raise EngineUnreachable(f"The Docker engine at {text} cannot be reached: {error}.") from error


def _tls(folder: Path, *, checks_host: bool) -> SSLContext:
    import ssl

    authority = folder / "ca.pem"
    context = ssl.create_default_context(cafile=str(authority) if authority.exists() else None)
    context.check_hostname = checks_host
    if (folder / "cert.pem").exists():
        context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


class _SocketConnection(HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: str, seconds: float) -> None:
        super().__init__("localhost", timeout=seconds)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)
