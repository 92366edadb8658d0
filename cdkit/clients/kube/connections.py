"""The connections to an API server: urllib3's, with the TLS settings and by the proxy of its configuration."""

from __future__ import annotations

import ssl
from typing import Any
from urllib.parse import urlsplit

from cdkit.clients.kube.package import parts
from cdkit.clients.loopback import is_loopback
from cdkit.clients.proxies import parse_proxy

_TLS = (
    "cert_file",
    "key_file",
    "key_password",
    "cert_reqs",
    "ca_certs",
    "ca_cert_dir",
    "assert_hostname",
    "assert_fingerprint",
    "ssl_version",
    "ssl_minimum_version",
    "ssl_maximum_version",
)
"""What a pool gives its connections by name, beside its `conn_kw`.
https://urllib3.readthedocs.io/en/stable/reference/urllib3.connectionpool.html#urllib3.HTTPSConnectionPool"""


class Connections:
    """Our connections to one API server, or to the proxy before it.

    Attributes:
        pool: urllib3's pool of them.
        proxy: the proxy that is asked instead of the server; empty when none is.

    Args:
        configuration: the `kubernetes.client.Configuration`.

    Raises:
        Exception: whatever the package and urllib3 raise for TLS settings that cannot be used.
    """

    def __init__(self, configuration: Any) -> None:
        _let_vouch_for_the_proxy(configuration)
        manager = parts().RESTClientObject(configuration).pool_manager
        if configuration.host.startswith("https:"):
            from cdkit.clients.kube.read_ahead import let_read_ahead

            let_read_ahead(manager.connection_pool_kw)
        self.proxy: str = configuration.proxy if manager.proxy else ""
        # Looking the one and the same server up at each request is a fifth of what it costs us.
        self.pool: Any = manager if self.proxy else manager.connection_from_url(configuration.host)

    def new(self, seconds: float) -> Any:
        """A further connection to the server, which nobody else uses and which is still to be made.

        Args:
            seconds: how long it may take to come about.
        """
        pool = self.pool
        tls = {name: getattr(pool, name) for name in _TLS} if pool.scheme == "https" else {}
        return pool.ConnectionCls(host=pool.host, port=pool.port, timeout=seconds, **tls, **pool.conn_kw)


def _let_vouch_for_the_proxy(configuration: Any) -> None:
    """Let the authority of the cluster vouch for a proxy that speaks TLS as well: its pool knows only the server's."""
    if configuration.verify_ssl and (configuration.proxy or "").startswith("https:"):
        configuration.proxy_ssl_context = ssl.create_default_context(cafile=configuration.ssl_ca_cert)


def settle_proxy(configuration: Any, named: str) -> None:
    """Choose the proxy as kubectl does, where the package does otherwise.

    What a kubeconfig names is used, whatever NO_PROXY says; what the environment names is not used for this very
    machine; and the login in its URL is told to it.
    https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/#proxy
    https://pkg.go.dev/net/http#ProxyFromEnvironment

    Args:
        configuration: the `kubernetes.client.Configuration`, with what the package would use.
        named: the `proxy-url` of the kubeconfig; empty when it has none.

    Raises:
        NoProxy: it is no address of an HTTP proxy.
    """
    if named:
        configuration.no_proxy = ""
    elif is_loopback(urlsplit(configuration.host).netloc):
        configuration.proxy = None
    if configuration.proxy:
        proxy = parse_proxy(configuration.proxy)
        configuration.proxy, configuration.proxy_headers = proxy
