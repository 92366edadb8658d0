"""Who we are to one registry: answers its challenges, and keeps the tokens that come of that until they expire.

https://distribution.github.io/distribution/spec/auth/token/
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from urllib.parse import urlencode, urlsplit

import msgspec

from cdkit.clients.registry.answers import Answer, error_of
from cdkit.clients.registry.challenges import Challenge, parse_challenges
from cdkit.clients.registry.logins import Login
from cdkit.errors import AccessDenied
from cdkit.flow.clock import Clock
from cdkit.models.decoding import decode_json

MARGIN_SECONDS = 10.0
"""A token that expires so soon is not used any more: the request has to arrive too."""
SHORTEST_SECONDS = 60.0
"""What a token lives that says nothing of it; the specification's own default."""

Scopes = frozenset[str]
Fetch = Callable[[str, str, Mapping[str, str], bytes | None], Answer]
"""Sends a request (method, URL, headers, body) and gives the whole answer; asks again where that may help."""


class _Token(msgspec.Struct, frozen=True):
    """What a token server hands out; it may use either name."""

    token: str = ""
    access_token: str = ""
    expires_in: float | None = None


class _Pass(msgspec.Struct, frozen=True):
    header: str
    expires: float | None


class Authority:
    """The passes for one registry. May be used by many threads.

    Args:
        host: the registry.
        find_login: looks the user's login up; asked at each challenge, for helpers give secrets that expire.
        fetch: asks the token server.
        clock: the time.
        plain_realm: whether the token server may speak plain HTTP, as the registry itself does.
    """

    def __init__(
        self, host: str, find_login: Callable[[], Login | None], fetch: Fetch, clock: Clock, *, plain_realm: bool
    ) -> None:
        self._host = host
        self._find_login = find_login
        self._fetch = fetch
        self._clock = clock
        self._plain_realm = plain_realm
        self._lock = threading.Lock()
        self._basic = ""
        self._passes: dict[Scopes, _Pass] = {}

    def header(self, scopes: Scopes) -> str:
        """The `Authorization` header that is known to serve; empty when none is."""
        kept = self._passes.get(scopes)
        if kept is not None and (kept.expires is None or self._clock.monotonic() < kept.expires - MARGIN_SECONDS):
            return kept.header
        return self._basic

    def renew(self, refused: Answer, scopes: Scopes, used: str) -> str:
        """A header that answers the challenge of a 401; empty when we have no other than the one that was refused.

        Args:
            refused: the registry's answer.
            scopes: what the request needs.
            used: the header that was sent with it.

        Raises:
            AccessDenied: the token server does not know us, or the login cannot be read.
            RegistryUnreachable: the token server does not answer.
        """
        challenges = parse_challenges(refused.headers.get("www-authenticate", ""))
        with self._lock:
            current = self.header(scopes)
            if current != used:
                # Another thread was here first.
                return current
            return self._answer(challenges, scopes, used)

    def _answer(self, challenges: Iterable[Challenge], scopes: Scopes, used: str) -> str:
        for challenge in challenges:
            if challenge.scheme == "bearer" and challenge.parameters.get("realm"):
                self._passes[scopes] = self._new_pass(challenge, scopes)
                return self._passes[scopes].header
            if challenge.scheme == "basic":
                login = self._find_login()
                self._basic = login.basic if login and login.username else ""
                return self._basic if self._basic != used else ""
        return ""

    def _new_pass(self, challenge: Challenge, scopes: Scopes) -> _Pass:
        login = self._find_login()
        if login is not None and login.registry_token:
            return _Pass(f"Bearer {login.registry_token}", None)
        realm = self._realm(challenge)
        asked = {"service": challenge.parameters.get("service", "")}
        wanted = sorted(scopes) or challenge.parameters.get("scope", "").split()
        began = self._clock.monotonic()
        if login is not None and login.identity_token:
            answer = self._exchange(realm, asked, wanted, login)
        else:
            query = urlencode(
                [*((name, value) for name, value in asked.items() if value), *(("scope", s) for s in wanted)]
            )
            separator = "&" if urlsplit(realm).query else "?"
            headers = {"Authorization": login.basic} if login else {}
            answer = self._fetch("GET", f"{realm}{separator}{query}", headers, None)
        token = self._read(answer, login)
        seconds = SHORTEST_SECONDS if token.expires_in is None else token.expires_in
        return _Pass(f"Bearer {token.token or token.access_token}", began + seconds)

    def _exchange(self, realm: str, asked: Mapping[str, str], wanted: Iterable[str], login: Login) -> Answer:
        """An identity token for a token.

        https://distribution.github.io/distribution/spec/auth/oauth/
        """
        form = {
            **asked,
            "grant_type": "refresh_token",
            "client_id": "cdkit",
            "scope": " ".join(wanted),
            "refresh_token": login.identity_token,
        }
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._fetch("POST", realm, headers, urlencode(form).encode())

    def _realm(self, challenge: Challenge) -> str:
        realm = challenge.parameters["realm"]
        scheme = urlsplit(realm).scheme
        if scheme == "https" or (scheme == "http" and self._plain_realm):
            return realm
        raise AccessDenied(
            f"{self._host} sends us for a token to {realm!r}, which is not protected by TLS.",
            remedy="Let the registry name a token server with https.",
        )

    def _read(self, answer: Answer, login: Login | None) -> _Token:
        whom = f"the login of {login.username!r}" if login and login.username else "a request"
        if not answer.ok:
            raise error_of(
                answer, f"The token server of {self._host} refuses {whom if login else 'us without a login'}"
            )
        try:
            token = decode_json(answer.body, _Token)
        except msgspec.MsgspecError:
            token = _Token()
        if not (token.token or token.access_token):
            raise AccessDenied(f"The token server of {self._host} answers {whom} with something that is no token.")
        return token
