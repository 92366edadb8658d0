"""Messages as Docker engines gave them (20.10 unless said otherwise), against registries broken in each way."""

from __future__ import annotations

import pytest

from cdkit.clients.engine.messages import recognised, registry_error
from cdkit.errors import (
    AccessDenied,
    CdkitError,
    ObjectNotFound,
    RegistryUnreachable,
    RequestRejected,
    WorldFailed,
)

UNREACHABLE = [
    'Get "http://127.0.0.1:1/v2/": dial tcp 127.0.0.1:1: connect: connection refused',
    'Get "https://no-such.invalid:5000/v2/": dial tcp: lookup no-such.invalid on 10.0.0.2:53: no such host',
    'Get "https://registry-1.docker.io/v2/": net/http: request canceled (Client.Timeout exceeded)',
    'Get "https://registry.example/v2/": net/http: TLS handshake timeout',
    'Head "https://registry.example/v2/a/manifests/1": context deadline exceeded',
    "received unexpected HTTP status: 500 Internal Server Error",
    "received unexpected HTTP status: 502 Bad Gateway",
    "received unexpected HTTP status: 503 Service Unavailable",
    "toomanyrequests: You have reached your pull rate limit.",
    'Get "https://172.17.0.1:42307/v2/": tls: first record does not look like a TLS handshake',
    # Engines of 23.0 and later
    'Get "https://172.17.0.1:42307/v2/": http: server gave HTTP response to HTTPS client',
    'Get "https://172.17.0.1:43303/v2/": x509: certificate signed by unknown authority',
    'Get "https://172.17.0.1:43303/v2/": x509: cannot validate certificate because it doesn\'t contain any IP SANs',
]
DENIED = [
    "no basic auth credentials",
    'Head "http://127.0.0.1:45825/v2/team/hello/manifests/1": no basic auth credentials',
    "unauthorized: authentication required",
    "denied",
    "denied: requested access to the resource is denied",
    "error parsing HTTP 403 response body: invalid character '<' looking for beginning of value: \"<html>\"",
    "pull access denied for nobody/nothing, repository does not exist or may require 'docker login': denied",
]
MISSING = [
    "manifest unknown: manifest unknown",
    "manifest for 127.0.0.1:5000/team/hello:1 not found: manifest unknown: manifest unknown",
    "name unknown: repository name not known to registry",
    "tag does not exist: 127.0.0.1:5000/team/hello:1",
    "An image does not exist locally with the tag: 127.0.0.1:5000/none",
    "No such image: none:x",
]
NO_NAME = ["invalid reference format", "invalid reference format: repository name must be lowercase"]

CASES = [
    *((message, RegistryUnreachable) for message in UNREACHABLE),
    *((message, AccessDenied) for message in DENIED),
    *((message, ObjectNotFound) for message in MISSING),
    *((message, RequestRejected) for message in NO_NAME),
]


@pytest.mark.parametrize(("message", "error"), CASES)
def test_a_message_of_the_engine_is_understood(message: str, error: type[CdkitError]) -> None:
    understood = registry_error(message, "Cannot push hello:1")
    assert type(understood) is error
    assert understood.message == f"Cannot push hello:1: {message}"


@pytest.mark.parametrize(
    ("message", "advice"),
    [
        (UNREACHABLE[8], "wait, or log in"),
        (UNREACHABLE[9], "insecure-registries"),
        (UNREACHABLE[10], "insecure-registries"),
        (UNREACHABLE[11], "certs.d"),
        (DENIED[0], "docker login"),
        (DENIED[-1], "does not exist, or needs a login"),
    ],
)
def test_the_remedy_fits_the_message(message: str, advice: str) -> None:
    assert advice in registry_error(message, "Cannot push hello:1").remedy


def test_a_message_that_is_not_understood_is_repeated() -> None:
    assert recognised("the moon is full", "Cannot push hello:1") is None
    assert type(registry_error("the moon is full", "Cannot push hello:1")) is WorldFailed


def test_a_message_is_cut_and_put_on_one_line() -> None:
    message = registry_error("denied:\n" + "x" * 5000, "Cannot push hello:1").message
    assert "\n" not in message
    assert len(message) < 600
