"""Proxies as people name them: in an address that may lack its scheme, and may hold a login."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import unquote, urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}


class Proxy(NamedTuple):
    """An HTTP proxy.

    Attributes:
        url: where it is: scheme, host and port, without the login.
        headers: what tells it who asks; empty where it has no login.
    """

    url: str
    headers: dict[str, str]


class NoProxy(ValueError):
    """What is said to be a proxy is none. It says why, without the login that may stand in it."""


def parse_proxy(text: str) -> Proxy:
    """The proxy that an address means; without a scheme it speaks plain HTTP, as curl and Go's programs take it.

    Raises:
        NoProxy: it is no address of an HTTP proxy.
    """
    try:
        parts = urlsplit(text if "://" in text else f"http://{text}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = "", None
    if not host:
        raise NoProxy("its address is not `http://HOST:PORT`") from None
    if parts.scheme not in DEFAULT_PORTS:
        raise NoProxy(f"it is {parts.scheme}://{host}, and only http:// and https:// are known")
    shown = f"[{host}]" if ":" in host else host
    return Proxy(
        f"{parts.scheme}://{shown}:{port or DEFAULT_PORTS[parts.scheme]}", _login(parts.username, parts.password)
    )


def _login(username: str | None, password: str | None) -> dict[str, str]:
    from urllib3 import make_headers

    if username is None:
        return {}
    return dict(make_headers(proxy_basic_auth=f"{unquote(username)}:{unquote(password or '')}"))
