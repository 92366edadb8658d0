"""What a fault of the connection to an API server means, and whether to ask again."""

from __future__ import annotations

import re
from http import HTTPStatus

from cdkit.clients.faults import reason_of, words_of
from cdkit.clients.kube.config import ApiServer
from cdkit.clients.kube.errors import Answer
from cdkit.errors import ClusterUnreachable

CONNECT_SECONDS = 5.0
_TUNNEL_REFUSED = re.compile(r"Tunnel connection failed: ((\d{3})\b.*)")
"""In the words of `http.client`, which asks a proxy for the way (CONNECT)."""


def unreachable(server: ApiServer, error: BaseException) -> ClusterUnreachable:
    """The error that a fault of the connection means; its cause has to be kept by the caller."""
    from urllib3.exceptions import ProxyError

    if isinstance(error, ProxyError):
        return _kept_off(server, error)
    reason, remedy = reason_of(error, connect_seconds=CONNECT_SECONDS), None
    if "CERTIFICATE_VERIFY_FAILED" in reason:
        remedy = "Check `certificate-authority` and the server's name in the kubeconfig."
    return ClusterUnreachable(f"No answer from {server}: {reason}.", remedy=remedy)


def was_not_done(outcome: Answer | ClusterUnreachable) -> bool:
    """Whether a request has done nothing for sure, and another try may end better."""
    from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, ProxyError

    if isinstance(outcome, Answer):
        return outcome.transient and outcome.retry_after > 0
    return isinstance(outcome.__cause__, NewConnectionError | ConnectTimeoutError | ProxyError) and may_pass(outcome)


def may_pass(outcome: Answer | ClusterUnreachable) -> bool:
    """Whether another try may end better."""
    if isinstance(outcome, Answer):
        return outcome.transient
    if "CERTIFICATE_VERIFY_FAILED" in str(outcome):
        return False
    refused = _TUNNEL_REFUSED.match(words_of(outcome))
    return refused is None or int(refused[2]) >= HTTPStatus.INTERNAL_SERVER_ERROR


def _kept_off(server: ApiServer, error: BaseException) -> ClusterUnreachable:
    """The proxy is away, or does not let us through."""
    names = "`proxy-url` in the kubeconfig, else HTTPS_PROXY and NO_PROXY"
    refused = _TUNNEL_REFUSED.match(words_of(error))
    if refused is None:
        message = f"No answer from the proxy before {server}: {words_of(error)}."
        return ClusterUnreachable(message, remedy=f"Check the proxy: {names}.")
    message = f"The proxy before {server} does not let us through: {refused[1]}."
    if int(refused[2]) == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
        remedy = "Write user and password into the proxy's URL: `http://USER:PASSWORD@HOST:PORT`."
    else:
        remedy = f"Let the proxy connect to {server.name}, or go another way: {names}."
    return ClusterUnreachable(message, remedy=remedy)
