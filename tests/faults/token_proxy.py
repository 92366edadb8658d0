"""A registry that wants a token for every request, and its token server."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

from cdkit.models.image import Credentials
from tests.faults.registry_proxy import RegistryProxy, RequestHandler


class TokenProxy(RegistryProxy):
    """Passes requests on to a registry when they have a token that is still good.

    Args:
        registry: the host and port of the registry.
        login: who gets tokens.
        revoke_at: at which request to the registry all tokens expire that were given out so far; 0 for none.

    Attributes:
        issued: how many tokens were given out.
        scopes: what they were asked for.
    """

    def __init__(self, registry: str, login: Credentials, revoke_at: int) -> None:
        super().__init__(registry, _Handler)
        self.issued = 0
        self.scopes: set[str] = set()
        self._login = f"Basic {base64.b64encode(f'{login.username}:{login.password}'.encode()).decode()}"
        self._revoke_at = revoke_at
        self._good: set[str] = set()
        self._admitted = 0
        self._lock = threading.Lock()

    def issue(self, authorization: str, path: str) -> str:
        """A new token; empty for somebody else."""
        with self._lock:
            if authorization != self._login:
                return ""
            self.scopes |= set(parse_qs(urlsplit(path).query).get("scope", []))
            self.issued += 1
            self._good.add(f"Bearer t{self.issued}")
            return f"t{self.issued}"

    def admits(self, authorization: str) -> bool:
        """Whether a token is good."""
        with self._lock:
            self._admitted += 1
            if self._admitted == self._revoke_at:
                self._good.clear()
            return authorization in self._good


class _Handler(RequestHandler):
    server: TokenProxy

    def pass_on(self) -> None:
        authorization = self.headers.get("Authorization", "")
        if self.path.startswith("/token"):
            self._give(self.server.issue(authorization, self.path))
        elif self.server.admits(authorization):
            super().pass_on()
        else:
            realm = f'Bearer realm="http://{self.server.host}/token",service="test"'
            self.refuse(401, {"WWW-Authenticate": realm})

    def _give(self, token: str) -> None:
        if not token:
            self.refuse(401, {})
            return
        body = json.dumps({"token": token, "expires_in": 300}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = pass_on  # noqa: N815 -- as http.server asks for


@contextmanager
def token_proxy(registry: str, login: Credentials, revoke_at: int = 0) -> Iterator[TokenProxy]:
    """Such a registry, until the end of the block."""
    with TokenProxy(registry, login, revoke_at) as proxy:
        threading.Thread(target=proxy.serve_forever, args=[0.01], daemon=True).start()
        yield proxy
        proxy.shutdown()
