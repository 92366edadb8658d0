"""Certificates for servers that tests play."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import NamedTuple


class SelfSigned(NamedTuple):
    """A certificate for 127.0.0.1 that nobody else signed.

    Attributes:
        certificate: its file.
        with_key: a file that has its key too, for the server.
    """

    certificate: Path
    with_key: Path


def self_signed(folder: Path) -> SelfSigned:
    """Such a certificate, laid down in a folder; the one that is there, when it was asked for before."""
    made = SelfSigned(folder / "certificate.pem", folder / "certificate-and-key.pem")
    if made.with_key.exists():
        return made
    command = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1"
    )
    subprocess.run(
        [*command.split(), "-keyout", made.with_key, "-out", made.certificate], check=True, capture_output=True
    )
    made.with_key.write_text(made.with_key.read_text() + made.certificate.read_text())
    return made
