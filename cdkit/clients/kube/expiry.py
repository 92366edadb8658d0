"""When credentials end by themselves: of a bearer token that is a JWT, and of a client certificate."""

from __future__ import annotations

import base64
import binascii
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from cdkit.models.decoding import decode_json

SEQUENCE, UTC_TIME = 0x30, 0x17
"""Tags of DER, X.690."""


def expiry(configuration: Any) -> float | None:
    """When the first of the credentials ends, in seconds since the epoch; None for those that last or are renewed.

    Args:
        configuration: the `kubernetes.client.Configuration` that holds them.
    """
    ends = []
    if configuration.refresh_api_key_hook is None:
        ends.append(_token_expiry(configuration.api_key.get("authorization") or ""))
    if configuration.cert_file:
        ends.append(_certificate_expiry(Path(configuration.cert_file)))
    return min((end for end in ends if end is not None), default=None)


def _token_expiry(header: str) -> float | None:
    """The `exp` of a JWT (RFC 7519, 4.1.4); any other token tells nothing."""
    parts = header.rpartition(" ")[2].split(".")
    if len(parts) != len(("header", "claims", "signature")):
        return None
    try:
        claims = decode_json(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        return float(claims["exp"])
    except (binascii.Error, msgspec.DecodeError, KeyError, TypeError, ValueError):
        return None


def _certificate_expiry(path: Path) -> float | None:
    try:
        text = path.read_text(encoding="ascii")
        first = text[text.index("-----BEGIN CERTIFICATE-----") : text.index("-----END CERTIFICATE-----")]
        return not_after(ssl.PEM_cert_to_DER_cert(f"{first}-----END CERTIFICATE-----\n"))
    except (OSError, ValueError, IndexError):
        return None


def not_after(certificate: bytes) -> float:
    """The end of a certificate's validity, in seconds since the epoch (RFC 5280, 4.1.2.5).

    The `ssl` module reads it of a peer's certificate only, and a library for one date would be a large dependency.

    Raises:
        ValueError, IndexError: it is no certificate.
    """
    signed = _first(_first(certificate))
    parts = [content for tag, content in _elements(signed) if tag == SEQUENCE]
    # The first three sequences of a certificate: the algorithm, the issuer, the validity.
    (_, (tag, text)) = list(_elements(parts[2]))
    return _time(tag, text.decode("ascii"))


def _first(data: bytes) -> bytes:
    """The content of the element that stands first."""
    return next((content for _, content in _elements(data)), b"")


def _elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The elements that stand one after the other: their tags and contents."""
    place = 0
    while place < len(data):
        tag, length, place = data[place], data[place + 1], place + 2
        if length & 0x80:
            size = length & 0x7F
            length, place = int.from_bytes(data[place : place + size], "big"), place + size
        if place + length > len(data):
            raise ValueError("an element is longer than its data")
        yield tag, data[place : place + length]
        place += length


def _time(tag: int, text: str) -> float:
    if tag == UTC_TIME:
        # Two digits of the year: 50 to 99 are of the last century.
        text = ("19" if int(text[:2]) >= 50 else "20") + text  # noqa: PLR2004 -- RFC 5280 says so
    return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC).timestamp()
