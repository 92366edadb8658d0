"""Which cluster, as whom: kubeconfig files, contexts, credential plugins, or the account of the pod that we run in."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any, NoReturn
from urllib.parse import urlsplit

from cdkit.clients.kube.connections import Connections, settle_proxy
from cdkit.clients.kube.package import complete, parts
from cdkit.clients.proxies import NoProxy
from cdkit.errors import AccessDenied, ClusterUnreachable

POOL_SIZE = 32
"""Connections that are kept open: as many as steps may use at once, their watches included."""

CREDENTIALS_SECONDS = 10.0
"""For so long credentials are used without another look at when they end: they are renewed minutes before, and to look
is a quarter of what a request costs us."""

SERVICE_ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
"""https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/"""


class ApiServer:
    """A configured API server: its address, our connections to it and our credentials.

    Attributes:
        connections: our connections to it, or to the proxy before it.
        name: the server's name and port, as its requests have them.
        root: what stands before every path in what the pool is asked for.

    Args:
        configuration: the `kubernetes.client.Configuration` with the address and the credentials.
        context: the context's name, for messages.
        namespace: the context's namespace.
    """

    def __init__(self, configuration: Any, context: str, namespace: str) -> None:
        self.context = context
        self.namespace = namespace
        self.host: str = configuration.host.rstrip("/")
        self.connections = Connections(configuration)
        address = urlsplit(self.host)
        self.name = address.netloc.rpartition("@")[2]
        self.root = self.host if self.connections.proxy else address.path
        self._configuration = configuration
        self._lock = threading.Lock()
        self._credentials: dict[str, str] = {}
        self._looked_at = float("-inf")

    def __str__(self) -> str:
        by = f" by the proxy {self.connections.proxy}" if self.connections.proxy else ""
        return f"the API server of {self.context} ({self.host}{by})"

    def credentials(self) -> dict[str, str]:
        """The headers that say who we are; expired tokens are renewed first.

        Raises:
            AccessDenied: they could not be renewed.
        """
        # The package's own refresh is not made for several threads.
        with self._lock:
            if monotonic() - self._looked_at > CREDENTIALS_SECONDS:
                self._credentials = self._renewed()
                self._looked_at = monotonic()
            return self._credentials

    def _renewed(self) -> dict[str, str]:
        try:
            settings = self._configuration.auth_settings().values()
        except Exception as error:
            raise AccessDenied(f"The credentials of {self.context} could not be renewed: {error}.") from error
        headers = {setting["key"]: setting["value"] for setting in settings if setting["value"]}
        if not all(value.isascii() and value.isprintable() for value in headers.values()):
            raise AccessDenied(f"The credentials of {self.context} hold a line break, or letters that no token has.")
        return headers

    def credentials_expire(self) -> float | None:
        """When our credentials end, in seconds since the epoch; None when they last or are renewed."""
        from cdkit.clients.kube.expiry import expiry

        return expiry(self._configuration)


def connect(context: str, kubeconfig: str | None) -> ApiServer:
    """Read the configuration, without a request to the server.

    Args:
        context: the context's name; the empty string is the current one.
        kubeconfig: kubeconfig files, separated as in KUBECONFIG; None takes KUBECONFIG, then `~/.kube/config`.

    Raises:
        ClusterUnreachable: no cluster is configured, the context is unknown, or its credentials cannot be had.
    """
    files = find_files(context, kubeconfig)
    return _from_files(files, context) if files else _from_pod()


def find_files(context: str, kubeconfig: str | None) -> str:
    """The kubeconfig files to read; empty where the account of the pod that we run in is meant. It costs no imports.

    Args:
        context: as for `connect`.
        kubeconfig: as for `connect`.

    Raises:
        ClusterUnreachable: no cluster is configured.
    """
    files = kubeconfig or os.environ.get("KUBECONFIG") or "~/.kube/config"
    if any(Path(file).expanduser().is_file() for file in files.split(os.pathsep) if file):
        return files
    if not kubeconfig and not context and os.environ.get("KUBERNETES_SERVICE_HOST"):
        return ""
    wanted = f"context {context!r} cannot be looked up" if context else "no cluster is configured"
    raise ClusterUnreachable(f"There is no kubeconfig at {files}, so {wanted}.")


def _from_files(files: str, context: str) -> ApiServer:
    kube_config = parts().kube_config
    try:
        merger = kube_config.KubeConfigMerger(files)
        known = _names(merger.config.value["contexts"])
        chosen = context or merger.config.value.get("current-context") or ""
    except Exception as error:  # noqa: BLE001 -- a malformed file makes the package fail in many ways
        _invalid(files, error)
    if chosen not in known:
        _unknown_context(chosen, known, files)
    users = merger.config.value.get("users") or ()
    configuration = _new_configuration()
    with _collected_errors() as errors:
        try:
            if any("auth-provider" in (node.value.get("user") or ()) for node in users):
                complete(kube_config)
            loader = kube_config.KubeConfigLoader(merger.config, chosen, config_persister=merger.save_changes)
            loader.load_and_set(configuration)
        except Exception as error:  # noqa: BLE001 -- as above
            _invalid(files, error)
    # The package logs that a credential plugin failed, and goes on without credentials.
    if errors:
        raise ClusterUnreachable(
            f"The credentials of context {chosen!r} could not be had: {errors[0]}",
            remedy="Run the credential plugin that the kubeconfig names by hand, and see what it says.",
        )
    namespace = loader.current_context["context"].get("namespace") or "default"
    # The package's loader has it only where the kubeconfig does.
    proxy = getattr(loader, "proxy", "") or ""
    return _server(configuration, f"context {chosen!r}", namespace, proxy)


def _from_pod() -> ApiServer:
    configuration = _new_configuration()
    try:
        parts().in_cluster.load_incluster_config(configuration)
        namespace = (SERVICE_ACCOUNT / "namespace").read_text().strip()
    except Exception as error:
        raise ClusterUnreachable(
            f"There is no kubeconfig, and the service account of this pod cannot be used: {error}",
            remedy="Let the pod have a service account token (`automountServiceAccountToken`), or set KUBECONFIG.",
        ) from error
    return _server(configuration, "this pod's own cluster", namespace or "default")


def _new_configuration() -> Any:
    configuration = parts().Configuration()
    configuration.connection_pool_maxsize = POOL_SIZE
    # A watch that a firewall forgot is noticed by the kernel.
    configuration.keep_alive = True
    configuration.retries = False
    return configuration


def _server(configuration: Any, context: str, namespace: str, proxy: str = "") -> ApiServer:
    if not configuration.verify_ssl:
        _accept_unverified_tls()
    try:
        settle_proxy(configuration, proxy)
    except NoProxy as error:
        raise ClusterUnreachable(
            f"The proxy of {context} cannot be used: {error}.",
            remedy="Correct `proxy-url` in the kubeconfig, else HTTPS_PROXY or ALL_PROXY.",
        ) from error
    try:
        return ApiServer(configuration, context, namespace)
    except Exception as error:
        raise ClusterUnreachable(f"The TLS settings of {context} cannot be used: {error}") from error


def _accept_unverified_tls() -> None:
    """The kubeconfig says `insecure-skip-tls-verify`: that needs no warning in the middle of our output."""
    from urllib3 import disable_warnings
    from urllib3.exceptions import InsecureRequestWarning

    disable_warnings(InsecureRequestWarning)


def _names(contexts: Any) -> list[str]:
    return [node["name"] for node in contexts]


def _unknown_context(context: str, known: list[str], files: str) -> NoReturn:
    from difflib import get_close_matches

    there_are = f"Known contexts: {', '.join(sorted(known))}." if known else "It has no contexts at all."
    if not context:
        raise ClusterUnreachable(
            f"The kubeconfig {files} names no current context.",
            remedy=f"Set the environment's `context`, or run `kubectl config use-context`. {there_are}",
        )
    near = get_close_matches(context, known, n=1)
    hint = f"Did you mean {near[0]!r}? " if near else ""
    raise ClusterUnreachable(
        f"The kubeconfig {files} has no context {context!r}.",
        remedy=f"{hint}{there_are}",
    )


def _invalid(files: str, error: Exception) -> NoReturn:
    raise ClusterUnreachable(
        f"The kubeconfig {files} cannot be used: {_without_content(error)}.",
        remedy="Correct the file; `kubectl config view` reads it too.",
    ) from error


def _without_content(error: Exception) -> str:
    """What is wrong with a kubeconfig, without the parts of the messages that quote its tokens."""
    mark = getattr(error, "problem_mark", None)
    if mark is not None:
        return f"it is not YAML at line {mark.line + 1}, column {mark.column + 1}"
    if type(error).__name__ == "ConfigException":
        # `Expected key server in FILE/{'name': ..., 'token': ...}`: the package quotes the whole entry.
        return str(error).partition(" in ")[0].rstrip(".")
    if isinstance(error, OSError):
        return f"{error.strerror} ({error.filename})"
    return "it is not a mapping as a kubeconfig has to be"


@contextmanager
def _collected_errors() -> Iterator[list[str]]:
    """Collect what the package logs as errors, rather than have it printed in the middle of our output."""
    import logging

    messages: list[str] = []

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if record.levelno >= logging.ERROR:
                messages.append(" ".join(record.getMessage().split()))

    collector = Collector()
    logging.getLogger().addHandler(collector)
    try:
        yield messages
    finally:
        logging.getLogger().removeHandler(collector)
