"""One registry, as one account: requests with our login, followed where they lead, and sent again where that helps."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urljoin, urlsplit

import msgspec

from cdkit.clients.registry.answers import UNAUTHORIZED, Answer, error_of, may_pass, retry_after
from cdkit.clients.registry.authority import Authority, Scopes
from cdkit.clients.registry.connections import Connections
from cdkit.clients.registry.logins import Login
from cdkit.clients.registry.persistence import ATTEMPTS, FIRST_CONTACTS, PassingFault, persist
from cdkit.errors import RegistryUnreachable, WorldFailed
from cdkit.flow.cancellation import Cancellation
from cdkit.flow.clock import Clock

MANIFEST_BYTES = 4 << 20
"""The largest manifest that registries have to accept; answers beyond it are refused."""
LONGEST_ANSWER_SECONDS = 120.0
"""How long a small answer may take in all, however slowly it drips."""
MOST_REDIRECTS = 5
MOST_RENEWALS = 2
"""How often a request is repeated with another token: another thread's token may be about to expire too."""
PIECE_BYTES = 1 << 16

_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What a registry is asked.

    Attributes:
        what: what is tried, as the beginning of a sentence for its failure: `Cannot ask the registry for hello:1`.
        method: the HTTP method.
        target: the path, or a whole URL that the registry gave.
        scopes: what a token has to allow.
        headers: further headers.
        body: gives the body anew at each call; None for no body.
    """

    what: str
    method: str
    target: str
    scopes: Scopes
    headers: Mapping[str, str] = {}
    body: Callable[[], bytes | Iterable[bytes]] | None = None


class Endpoint:
    """A registry, as seen by one account. May be used by many threads.

    While it has never answered, it is not waited for: perhaps this machine is offline, or its name is wrong.

    Args:
        host: the registry's host and port.
        connections: sends requests.
        find_login: looks up who we are.
        clock: the time.
    """

    def __init__(
        self, host: str, connections: Connections, find_login: Callable[[], Login | None], clock: Clock
    ) -> None:
        self.host = host
        self._origin = connections.origin(host)
        self._connections = connections
        self._clock = clock
        self._has_answered = False
        plain = self._origin.startswith("http://")
        self._authority = Authority(host, find_login, self._fetch, clock, plain_realm=plain)

    def ask(self, request: Request, cancellation: Cancellation, most_bytes: int = MANIFEST_BYTES) -> Answer:
        """A whole answer, of whatever status; asked again a few times on faults that may pass.

        Raises:
            RegistryUnreachable: no answer came, or none but 'not now'.
            AccessDenied: no token can be had.
        """
        connects = ATTEMPTS if self._has_answered else FIRST_CONTACTS
        return persist(lambda: self.ask_once(request, most_bytes), self._clock, cancellation, connects=connects)

    def ask_once(self, request: Request, most_bytes: int = MANIFEST_BYTES) -> Answer:
        """A whole answer, of whatever status but 'not now'.

        Raises:
            PassingFault: no answer came, or 'not now'.
        """
        with self.open(request) as response:
            return self._whole(response, most_bytes)

    @contextmanager
    def open(self, request: Request) -> Iterator[Any]:
        """urllib3's response, to be read piece by piece; `url` on it is where it came from.

        Raises:
            PassingFault: no answer came, or 'not now'.
        """
        response = self._authorised(request)
        try:
            if may_pass(response.status):
                raise self._not_now(response, request.what)
            with self._connections.faults(response.url):
                yield response
        finally:
            # A body that was not read to its end must not be taken for the next answer.
            response.close()

    def _authorised(self, request: Request) -> Any:
        url = self._allowed(urljoin(self._origin, request.target), request.what)
        used = self._authority.header(request.scopes) if self._is_ours(url) else ""
        response = self._followed(request, url, used)
        for _ in range(MOST_RENEWALS):
            if response.status != UNAUTHORIZED or not self._is_ours(response.url):
                break
            refused = self._whole(response, MANIFEST_BYTES)
            response.close()
            used = self._authority.renew(refused, request.scopes, used)
            if not used:
                raise error_of(refused, request.what)
            response = self._followed(request, url, used)
        return response

    def _followed(self, request: Request, url: str, authorization: str) -> Any:
        """The answer behind all redirects. The login goes to the registry itself and nowhere else."""
        for _ in range(MOST_REDIRECTS + 1):
            headers = dict(request.headers)
            if authorization and self._is_ours(url):
                headers["Authorization"] = authorization
            response = self._sent(request, url, headers)
            response.url = url
            self._has_answered = True
            location = response.headers.get("Location", "")
            if response.status not in _REDIRECTS or not location:
                return response
            response.close()
            url = self._allowed(urljoin(url, location), request.what)
        raise WorldFailed(f"{request.what}: {self.host} redirects more than {MOST_REDIRECTS} times.")

    def _sent(self, request: Request, url: str, headers: Mapping[str, str]) -> Any:
        body = request.body() if request.body is not None else None
        try:
            return self._connections.open(request.method, url, headers, body)
        finally:
            # One that is read from another registry meanwhile has a connection of its own to give back.
            if isinstance(body, Generator):
                body.close()

    def _allowed(self, url: str, what: str) -> str:
        scheme = urlsplit(url).scheme
        if scheme == "https" or (scheme == "http" and self._origin.startswith("http://")):
            return url
        raise WorldFailed(f"{what}: {self.host} sends us to an address that is not protected by TLS.")

    def _is_ours(self, url: str) -> bool:
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.netloc}" == self._origin

    def _fetch(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        what = f"Cannot get a token for {self.host}"

        def attempt() -> Answer:
            response = self._connections.open(method, url, headers, body)
            response.url = url
            try:
                if may_pass(response.status):
                    raise self._not_now(response, what)
                return self._whole(response, MANIFEST_BYTES)
            finally:
                response.close()

        return persist(attempt, self._clock, Cancellation())

    def _not_now(self, response: Any, what: str) -> PassingFault:
        answer = self._whole(response, MANIFEST_BYTES)
        error = error_of(answer, what)
        if not isinstance(error, RegistryUnreachable):
            raise error
        return PassingFault(error, retry_after(answer.headers, self._clock.now()))

    def _whole(self, response: Any, most_bytes: int) -> Answer:
        body = bytearray()
        latest = self._clock.monotonic() + LONGEST_ANSWER_SECONDS
        with self._connections.faults(response.url):
            while piece := response.read1(PIECE_BYTES):
                body += piece
                if len(body) > most_bytes:
                    raise WorldFailed(f"{self.host} sends more than the {most_bytes} bytes that this may have.")
                if self._clock.monotonic() > latest:
                    message = f"{self.host} takes more than {LONGEST_ANSWER_SECONDS:.0f} seconds for a small answer."
                    raise PassingFault(RegistryUnreachable(message))
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status, headers, bytes(body), response.url)
