"""Which variables hold secrets, by their names and values. A value that may be one is never read further."""

from __future__ import annotations

import re

_NAME = re.compile(
    r"secret|token|passw|pwd|api_?key|private|credential|access_?key|encrypt|salt|signature|dsn|auth|master_key",
    re.IGNORECASE,
)
_VALUE = re.compile(r"://[^/\s@]*:[^/\s@]*@|-----BEGIN |^eyJ[\w-]+\.|^[A-Za-z0-9+/_-]{32,}={0,2}$")


def may_be_secret(name: str, value: str) -> bool:
    """Whether a variable may hold a secret: better once too often."""
    return bool(_NAME.search(name) or _VALUE.search(value))
