"""What the engine's messages about a registry mean. Pure: a table of patterns, tried in order."""

from __future__ import annotations

import re

import msgspec

from cdkit.errors import (
    AccessDenied,
    CdkitError,
    ObjectNotFound,
    RegistryUnreachable,
    RequestRejected,
    WorldFailed,
)

LONGEST_MESSAGE = 500


class _Meaning(msgspec.Struct, frozen=True):
    pattern: re.Pattern[str]
    error: type[CdkitError]
    remedy: str | None = None


def _meaning(pattern: str, error: type[CdkitError], remedy: str | None = None) -> _Meaning:
    return _Meaning(re.compile(pattern, re.IGNORECASE), error, remedy)


_LOG_IN = "Log in to the registry (`docker login`), or give the step a user and a password that may do this."

_TABLE = (
    _meaning(
        r"toomanyrequests|too many requests|\b429\b",
        RegistryUnreachable,
        "The registry limits how often it is asked: wait, or log in to raise the limit.",
    ),
    _meaning(
        r"server gave HTTP response to HTTPS client|does not look like a TLS handshake",
        RegistryUnreachable,
        "The registry speaks plain HTTP: give it TLS, or list it under `insecure-registries` of the engine.",
    ),
    _meaning(
        r"x509:|certificate",
        RegistryUnreachable,
        "The engine does not trust the registry's certificate: put its CA under /etc/docker/certs.d/HOST:PORT/ca.crt.",
    ),
    _meaning(
        r"connection refused|connection reset|no such host|server misbehaving|timeout|deadline exceeded"
        r"|network is unreachable|no route to host|unexpected HTTP status: 5\d\d|HTTP 5\d\d\b|\bEOF\b|broken pipe",
        RegistryUnreachable,
    ),
    _meaning(
        r"pull access denied|repository does not exist or may require",
        AccessDenied,
        "The image does not exist, or needs a login: check its name, or log in to the registry (`docker login`).",
    ),
    _meaning(
        r"unauthorized|no basic auth credentials|authentication required|(HTTP|status:) 401", AccessDenied, _LOG_IN
    ),
    _meaning(r"\bdenied\b|forbidden|(HTTP|status:) 403", AccessDenied, _LOG_IN),
    _meaning(
        r"does not exist locally|tag does not exist|no such image",
        ObjectNotFound,
        "Build or tag the image on this engine first; `docker images` lists what it has.",
    ),
    _meaning(
        r"manifest unknown|name unknown|not found|(HTTP|status:) 404",
        ObjectNotFound,
        "Check the repository's name and the tag, and that the image was pushed to this registry.",
    ),
    _meaning(
        r"invalid reference format|repository name must be",
        RequestRejected,
        "An image is named `host:port/path/name:tag`, with a lower-case path.",
    ),
)


def registry_error(message: str, what: str) -> CdkitError:
    """The error that a message of the engine about a registry means.

    Args:
        message: the engine's own words.
        what: what was tried, as the beginning of a sentence: `Cannot push 127.0.0.1:5000/hello:1`.
    """
    return recognised(message, what) or WorldFailed(f"{what}: {_line(message)}")


def recognised(message: str, what: str) -> CdkitError | None:
    """As `registry_error`, or None for a message that is not known to be about a registry."""
    meaning = _find(message)
    return meaning.error(f"{what}: {_line(message)}", remedy=meaning.remedy) if meaning else None


def _find(message: str) -> _Meaning | None:
    return next((meaning for meaning in _TABLE if meaning.pattern.search(message)), None)


def _line(message: str) -> str:
    line = " ".join(message.split())
    return line if len(line) <= LONGEST_MESSAGE else f"{line[:LONGEST_MESSAGE]}..."
