"""Requests to an API server: plain JSON, and a connection's faults told as ours."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import msgspec

from cdkit import __version__
from cdkit.clients.kube.config import POOL_SIZE, ApiServer
from cdkit.clients.kube.errors import Answer
from cdkit.clients.kube.exchange import Exchange, seconds_of
from cdkit.clients.kube.retry import Sleep, retried
from cdkit.errors import ClusterUnreachable

CONNECT_SECONDS = 5.0
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
        self._exchange = Exchange(self._new_connection, server.name, POOL_SIZE, READ_SECONDS)

    def ask(self, method: str, path: str, body: Any = None, *, content_type: str = JSON) -> Answer:
        """Send a request that may be repeated, and repeat it a few times on faults that may pass.

        Raises:
            ClusterUnreachable: no answer came.
        """
        return retried(lambda: self._send(method, path, body, content_type), self._sleep, _may_pass)

    def ask_once(self, method: str, path: str, body: Any = None, *, content_type: str = JSON) -> Answer:
        """Send a request that must not happen twice.

        It is repeated only when no connection could be made, or when the server says itself that it did nothing and
        wants to be asked again (Retry-After, as `client-go` reads it).

        Raises:
            ClusterUnreachable: no answer came.
        """
        return retried(lambda: self._send(method, path, body, content_type), self._sleep, _was_not_done)

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
        if self.server.is_behind_proxy:
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

    def _new_connection(self) -> Any:
        connection = self.server.pool._new_conn()  # noqa: SLF001 -- urllib3 has no other name for it
        connection.timeout = CONNECT_SECONDS
        return connection

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
            return self.server.pool.urlopen(
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


def unreachable(server: ApiServer, error: BaseException) -> ClusterUnreachable:
    """The error that a fault of the connection means; its cause has to be kept by the caller."""
    reason, remedy = _reason(error), None
    if "CERTIFICATE_VERIFY_FAILED" in reason:
        remedy = "Check `certificate-authority` and the server's name in the kubeconfig."
    return ClusterUnreachable(f"No answer from {server}: {reason}.", remedy=remedy)


def _reason(error: BaseException) -> str:
    """The innermost fault in its own words: 'Connection refused', rather than the objects around it."""
    from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, ReadTimeoutError

    if isinstance(error, ConnectTimeoutError) and not isinstance(error, NewConnectionError):
        return f"no connection within {CONNECT_SECONDS:.0f} seconds"
    if isinstance(error, ReadTimeoutError | TimeoutError):
        return "it was connected, and then silent for too long"
    inner = error
    while (deeper := inner.__cause__ or inner.__context__) is not None:
        inner = deeper
    strerror = inner.strerror if isinstance(inner, OSError) else None
    return " ".join((strerror or str(inner)).split()).rstrip(".")


def _was_not_done(outcome: Answer | ClusterUnreachable) -> bool:
    from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

    if isinstance(outcome, Answer):
        return outcome.transient and outcome.retry_after > 0
    return isinstance(outcome.__cause__, NewConnectionError | ConnectTimeoutError)


def _may_pass(outcome: Answer | ClusterUnreachable) -> bool:
    if isinstance(outcome, Answer):
        return outcome.transient
    return "CERTIFICATE_VERIFY_FAILED" not in str(outcome)
