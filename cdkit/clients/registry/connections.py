"""Connections to registries, and to what they lead to: TLS, proxies, and one request at a time."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from cdkit import __version__
from cdkit.clients.faults import reason_of
from cdkit.clients.loopback import is_loopback
from cdkit.clients.proxies import NoProxy, parse_proxy
from cdkit.clients.registry.persistence import PassingFault
from cdkit.errors import RegistryUnreachable

if TYPE_CHECKING:
    from ssl import SSLContext

    from urllib3 import PoolManager

CONNECT_SECONDS = 5.0
READ_SECONDS = 30.0
"""For how long a registry may be silent."""
POOL_SIZE = 8
"""Connections that are kept open to each registry."""

INSECURE = "CDKIT_INSECURE_REGISTRIES"
"""Registries that speak plain HTTP: hosts with their ports, separated by commas."""
CA_BUNDLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""Further certificate authorities; SSL_CERT_FILE and SSL_CERT_DIR replace the system's, as OpenSSL reads them."""
CERTIFICATES = Path("/etc/docker/certs.d")
"""https://docs.docker.com/engine/security/certificates/"""

Body = bytes | Iterable[bytes] | None


class Connections:
    """Sends requests, each once. May be used by many threads at once.

    Args:
        environ: where proxies, certificate authorities and insecure registries are looked up.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._insecure = frozenset(part.strip() for part in environ.get(INSECURE, "").split(",") if part.strip())
        self._lock = threading.Lock()
        self._pools: dict[tuple[str, str], PoolManager] = {}

    def origin(self, host: str) -> str:
        """The scheme and host of a registry. TLS, unless it is on this very machine or configured otherwise."""
        plain = is_loopback(host) or host in self._insecure
        return f"{'http' if plain else 'https'}://{host}"

    def open(self, method: str, url: str, headers: Mapping[str, str], body: Body = None) -> Any:
        """Send a request, and give urllib3's response as soon as its headers are there. Follows no redirect.

        Raises:
            PassingFault: no answer came, and another try may get one.
            RegistryUnreachable: no answer came, and none will.
        """
        from urllib3 import Timeout

        with self.faults(url):
            return self._pool(url).request(
                method,
                url,
                body=body,
                headers={"User-Agent": f"cdkit/{__version__}", "Accept-Encoding": "identity", **headers},
                timeout=Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS),
                retries=False,
                redirect=False,
                preload_content=False,
                decode_content=False,
            )

    @contextmanager
    def faults(self, url: str) -> Iterator[None]:
        """Tell a fault of the connection as ours.

        Args:
            url: what is asked; its query may hold a signature, and is never shown.
        """
        from urllib3.exceptions import HTTPError

        try:
            yield
        except (HTTPError, OSError) as error:
            raise _fault(url, error) from error

    def _pool(self, url: str) -> PoolManager:
        parts = urlsplit(url)
        key = (parts.scheme, parts.netloc)
        with self._lock:
            if key not in self._pools:
                self._pools[key] = self._new_pool(parts.scheme, parts.netloc)
            return self._pools[key]

    def _new_pool(self, scheme: str, host: str) -> PoolManager:
        from urllib3 import PoolManager, ProxyManager

        settings: dict[str, Any] = {"maxsize": POOL_SIZE}
        if scheme == "https":
            settings["ssl_context"] = self._trust(host)
        named = self._proxy(scheme, host)
        if not named:
            return PoolManager(**settings)
        try:
            proxy = parse_proxy(named)
        except NoProxy as error:
            raise RegistryUnreachable(
                f"The proxy for {host} cannot be used: {error}.",
                remedy=f"Correct {scheme.upper()}_PROXY or ALL_PROXY, or except {host} in NO_PROXY.",
            ) from error
        return ProxyManager(proxy.url, proxy_headers=proxy.headers, **settings)

    def _trust(self, host: str) -> SSLContext:
        import ssl

        context = ssl.create_default_context()
        bundles = [self._environ[name] for name in CA_BUNDLES if self._environ.get(name)]
        engine_ca = CERTIFICATES / host / "ca.crt"
        # The folder is often readable by root only.
        if os.access(engine_ca, os.R_OK):
            bundles.append(str(engine_ca))
        for bundle in bundles:
            try:
                where = {"capath": bundle} if Path(bundle).is_dir() else {"cafile": bundle}
                context.load_verify_locations(**where)
            except (OSError, ssl.SSLError) as error:
                raise RegistryUnreachable(
                    f"The certificate authorities in {bundle} cannot be read: {error.strerror or error}.",
                    remedy=f"Correct the file, or what names it ({', '.join(CA_BUNDLES)}).",
                ) from error
        return context

    def _proxy(self, scheme: str, host: str) -> str:
        """The proxy for a host; none for this very machine, as in Go's programs, Docker among them."""
        if is_loopback(host) or not any(name.lower().endswith("_proxy") for name in self._environ):
            return ""
        from urllib.request import proxy_bypass_environment  # type: ignore[attr-defined]  # the stubs forget it

        proxies = {name.lower().removesuffix("_proxy"): value for name, value in self._environ.items() if value}
        if proxy_bypass_environment(host, {"no": proxies.get("no", "")}):
            return ""
        return proxies.get(scheme) or proxies.get("all", "")


def _fault(url: str, error: BaseException) -> PassingFault | RegistryUnreachable:
    reason = reason_of(error, connect_seconds=CONNECT_SECONDS, silence=f"{READ_SECONDS:.0f} seconds")
    host = urlsplit(url).netloc
    message = f"No answer from {host}: {reason}."
    if "CERTIFICATE_VERIFY_FAILED" in reason:
        remedy = f"Name the file of its CA in SSL_CERT_FILE, or put it under {CERTIFICATES}/{host}/ca.crt."
        return RegistryUnreachable(message, remedy=remedy)
    if "WRONG_VERSION_NUMBER" in reason:
        remedy = f"It seems to speak plain HTTP: give it TLS, or name it in {INSECURE}."
        return RegistryUnreachable(message, remedy=remedy)
    return PassingFault(RegistryUnreachable(message), connected=_is_connected(error))


def _is_connected(error: BaseException) -> bool:
    from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

    return not isinstance(error, (ConnectTimeoutError, NewConnectionError))
