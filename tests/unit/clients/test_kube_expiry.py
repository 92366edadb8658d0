"""When credentials end, read from what a kubeconfig holds."""

from __future__ import annotations

import base64
import json
import ssl
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from cdkit.clients.kube.expiry import expiry, not_after


def configuration(token: str = "", certificate: str = "", *, renewed: bool = False) -> SimpleNamespace:
    return SimpleNamespace(
        api_key={"authorization": f"Bearer {token}"} if token else {},
        cert_file=certificate,
        refresh_api_key_hook=print if renewed else None,
    )


def jwt(**claims: object) -> str:
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in ({}, claims)]
    return ".".join([*parts, "signature"])


SHORT = """\
-----BEGIN CERTIFICATE-----
MIIBdTCCARugAwIBAgIUFLmieaGxFPSnAHHukpXbvMcgGJMwCgYIKoZIzj0EAwIw
EDEOMAwGA1UEAwwFYnVpbGQwHhcNMjYxMTIxMTkxMTU3WhcNMjYxMTI4MTkxMTU3
WjAQMQ4wDAYDVQQDDAVidWlsZDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABHiZ
RCeIOvF1mP5jr5koa5Q1VEonnKVHi31I9sX1zgF5eXs6F7p0lFuaEiGKsKbsUC68
M4PfXdxpXzZ4uBR+PsCjUzBRMB0GA1UdDgQWBBQgLKOitI6BME3TQqcNEELpCy4w
1DAfBgNVHSMEGDAWgBQgLKOitI6BME3TQqcNEELpCy4w1DAPBgNVHRMBAf8EBTAD
AQH/MAoGCCqGSM49BAMCA0gAMEUCIHesS/CWNbMD0kFVE4ntoid4EV69Z6ms8zil
su8kodByAiEArnViZpWVCXVtqOCXWGLmTLvK7OzfclOh2yjQrJgVM0Y=
-----END CERTIFICATE-----
"""
SHORT_ENDS = datetime(2026, 11, 28, 19, 11, 57, tzinfo=UTC).timestamp()

LONG = """\
-----BEGIN CERTIFICATE-----
MIIBdzCCAR2gAwIBAgIUXqK/oP4TZIT8bXgKLPvet5nFLH8wCgYIKoZIzj0EAwIw
EDEOMAwGA1UEAwwFYnVpbGQwIBcNMjYxMTIxMTkxMTU3WhgPMjA2NzEyMTYxOTEx
NTdaMBAxDjAMBgNVBAMMBWJ1aWxkMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
kuUzidwFxkmJRHoh6euw4eYpF+PJ7juWh1TpWLJIflVBUbmcqkWb3GmZmeLrU7Kh
Vus5p1zef3+o9t0nc96eIaNTMFEwHQYDVR0OBBYEFLXsLEFEPfDB2GfflINIonZS
yXfsMB8GA1UdIwQYMBaAFLXsLEFEPfDB2GfflINIonZSyXfsMA8GA1UdEwEB/wQF
MAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIhAKLUkYQO/Ec/b+jN8acFI+MoY51+BPay
03yOjt7ST7zpAiBWIH37cIbsvAEtB8ZZ2QBr4PxRmAZvhf4ck7mAskKaug==
-----END CERTIFICATE-----
"""
"""It ends after 2049, where certificates write their times in another form."""
LONG_ENDS = datetime(2067, 12, 16, 19, 11, 57, tzinfo=UTC).timestamp()


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    made = tmp_path / "client.pem"
    made.write_text(SHORT)
    return made


def test_a_token_that_is_a_jwt_ends_when_it_says() -> None:
    assert expiry(configuration(jwt(exp=1700000000))) == 1700000000.0


@pytest.mark.parametrize("token", ["", "opaque", "a.b.c", jwt(), jwt(exp="soon"), "ä.ö.ü"])
def test_a_token_that_says_nothing_is_taken_to_last(token: str) -> None:
    assert expiry(configuration(token)) is None


def test_a_token_that_is_renewed_lasts() -> None:
    assert expiry(configuration(jwt(exp=1700000000), renewed=True)) is None


@pytest.mark.parametrize(("content", "end"), [(SHORT, SHORT_ENDS), (LONG, LONG_ENDS)])
def test_a_certificate_ends_when_it_says(tmp_path: Path, content: str, end: float) -> None:
    (tmp_path / "client.pem").write_text(content)
    assert expiry(configuration(certificate=str(tmp_path / "client.pem"))) == end


def test_the_first_of_two_ends_counts(certificate: Path) -> None:
    assert expiry(configuration(jwt(exp=1700000000), str(certificate))) == 1700000000.0


@pytest.mark.parametrize(
    "content", [b"", b"no certificate", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_a_file_that_is_no_certificate_tells_nothing(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "client.pem").write_bytes(content)
    assert expiry(configuration(certificate=str(tmp_path / "client.pem"))) is None


def test_a_certificate_that_is_cut_off_is_none() -> None:
    whole = ssl.PEM_cert_to_DER_cert(SHORT)
    for length in range(0, len(whole), 7):
        with pytest.raises((ValueError, IndexError)):
            not_after(whole[:length])
