"""Requests to an API server: plain JSON, a connection's faults told as ours, and another try where that may help."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import msgspec

from cdkit import __version__
from cdkit.clients.kube.config import POOL_SIZE, ApiServer
from cdkit.clients.kube.errors import Answer
from cdkit.clients.kube.exchange import Exchange, seconds_of
from cdkit.clients.kube.faults import CONNECT_SECONDS, may_pass, unreachable, was_not_done
from cdkit.clients.kube.retry import Sleep, retried

READ_SECONDS = 30.0
WATCH_MARGIN_SECONDS = 15.0
"""A watch that is silent for so long after its time is dead."""

JSON = "application/json"
APPLY = "application/apply-patch+yaml"
"""JSON is YAML too. https://kubernetes.io/docs/reference/using-api/server-side-apply/"""


class Transport:
    """Sends requests to one API server. May be used by many threads at once.

    Args:
        server: where, and as whom.
        sleep: waits so many seconds between attempts.
    """

    def __init__(self, server: ApiServer, sleep: Sleep) -> None:
        self.server = server
        self._sleep = sleep
        self._exchange = Exchange(lambda: server.connections.new(CONNECT_SECONDS), server.name, POOL_SIZE, READ_SECONDS)

    def ask(self, method: str, path: str, body: Any = None, *, content_type: str = JSON) -> Answer:
        """Send a request that may be repeated, and repeat it a few times on faults that may pass.

        Raises:
            ClusterUnreachable: no answer came.
        """
        return retried(lambda: self._send(method, path, body, content_type), self._sleep, may_pass)

    def ask_once(self, method: str, path: str, body: Any = None, *, content_type: str = JSON) -> Answer:
        """Send a request that must not happen twice.

        It is repeated only when no connection could be made, or when the server says itself that it did nothing and
        wants to be asked again (Retry-After, as `client-go` reads it).

        Raises:
            ClusterUnreachable: no answer came.
        """
        return retried(lambda: self._send(method, path, body, content_type), self._sleep, was_not_done)

    def open(self, path: str, read_seconds: float | None) -> Any:
        """Start to read a long answer, and give urllib3's response.

        Args:
            path: the path and its query.
            read_seconds: how long to wait for its next bytes; None waits for ever.

        Raises:
            ClusterUnreachable: no answer came.
        """
        return self._opened("GET", path, None, self._headers(), read_seconds, preload_content=False)

    def upgrade(self, path: str, headers: Mapping[str, str]) -> Any:
        """Ask to go on in another protocol, and give urllib3's response; with 101 its connection is the caller's.

        Raises:
            ClusterUnreachable: no answer came.
        """
        return self._opened("GET", path, None, {**self._headers(), **headers}, READ_SECONDS, preload_content=False)

    def _send(self, method: str, path: str, body: Any, content_type: str) -> Answer:
        encoded = None if body is None else _encoded(body, content_type)
        headers = self._headers() if body is None else self._headers() | {"Content-Type": content_type}
        if self.server.connections.proxy:
            response = self._opened(method, path, encoded, headers, READ_SECONDS, preload_content=True)
            return Answer(response.status, response.data, seconds_of(response.headers.get("Retry-After", "")))
        return self._exchanged(method, path, encoded, headers)

    def _exchanged(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> Answer:
        from httptools import HttpParserError
        from urllib3.exceptions import HTTPError
        from urllib3.util.ssl_match_hostname import CertificateError

        try:
            return self._exchange.ask(method, self.server.root + path, headers, body)
        except (HTTPError, OSError, CertificateError, HttpParserError) as error:
            raise unreachable(self.server, error) from error

    def _headers(self) -> dict[str, str]:
        return {"Accept": JSON, "User-Agent": f"cdkit/{__version__}", **self.server.credentials()}

    def _opened(
        self,
        method: str,
        path: str,
        body: bytes | None,
        headers: Mapping[str, str],
        read_seconds: float | None,
        *,
        preload_content: bool,
    ) -> Any:
        from urllib3 import Timeout
        from urllib3.exceptions import HTTPError

        try:
            return self.server.connections.pool.urlopen(
                method,
                self.server.root + path,
                body=body,
                headers=headers,
                timeout=Timeout(connect=CONNECT_SECONDS, read=read_seconds),
                retries=False,
                redirect=False,
                preload_content=preload_content,
            )
        except HTTPError as error:
            raise unreachable(self.server, error) from error


def _encoded(body: Any, content_type: str) -> bytes:
    """A body as JSON; one that the server reads as YAML with a value a line.

    Its parser (go-yaml) keeps the tokens of a line as long as they may turn out to be a key: to read an object of 1 kB
    from one line takes more than twice the memory, and that is a sixth of all that an apply has a server allocate.
    """
    encoded = msgspec.json.encode(body)
    return msgspec.json.format(encoded, indent=1) if content_type == APPLY else encoded


def spread(seconds: int) -> int:
    """A time of at most so many seconds, so that watches that began together do not all end together."""
    return max(1, int(seconds * random.uniform(0.8, 1.0)))  # noqa: S311 -- no secret depends on it
