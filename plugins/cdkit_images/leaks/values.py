"""Which texts are secrets: known forms of tokens, and values behind names that say so."""

from __future__ import annotations

import re

_TOKENS: tuple[tuple[str, str], ...] = (
    ("a private key", r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----"),
    ("a GitHub token", r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{50,})"),
    ("a GitLab token", r"\bgl(?:pat|ptt|dt|rt|cbt|ft|soat)-[A-Za-z0-9_-]{20,}"),
    ("an npm token", r"\bnpm_[A-Za-z0-9]{36}\b"),
    ("a PyPI token", r"\bpypi-AgE[A-Za-z0-9_-]{50,}"),
    ("a Docker Hub token", r"\bdckr_(?:pat|oat)_[A-Za-z0-9_-]{20,}"),
    ("an AWS access key", r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    ("a Google API key", r"\bAIza[0-9A-Za-z_-]{35}\b"),
    ("a Slack token", r"\bxox[abeprs]-[0-9A-Za-z-]{10,}"),
    ("a Stripe key", r"\b[rs]k_live_[0-9A-Za-z]{16,}"),
)
_KNOWN = tuple((what, re.compile(pattern)) for what, pattern in _TOKENS)

_URL_PASSWORD = re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s/:@'\"]*:([^\s/:@'\"]{3,})@[A-Za-z0-9\[]", re.IGNORECASE)

_SECRET_NAME = re.compile(
    r"(?:^|[_.-])(?:password|passwd|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|secret[_-]?key|private[_-]?key"
    r"|signing[_-]?key|encryption[_-]?key|credentials?)$",
    re.IGNORECASE,
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")

_PLACEHOLDER = re.compile(
    r"""
    [${%<*].* | \#\{.* |                                  # filled in later
    [./~].* | \d{0,8} | x+ |                              # a path, a number
    (?:your|my|the)?[_ -]?(?:change[_-]?me|example|sample|dummy|fake|placeholder|todo|none|null|nil|undefined|default
    |redacted|insert|replace|testing|test|development|dev|local|secret|password|token|root|admin|postgres|mysql|guest
    |user|true|false)(?:[-_. ]?\w{0,8})*?
    """,
    re.IGNORECASE | re.VERBOSE,
)

SHORTEST_SECRET = 6


def known_token(text: str) -> str:
    """What a text holds that has the form of a secret: `a GitHub token`; empty when it holds none."""
    for what, pattern in _KNOWN:
        match = pattern.search(text)
        if match and not _is_example(match[0]):
            return what
    passwords = (match[1] for match in _URL_PASSWORD.finditer(text))
    return "a password in a URL" if any(not _PLACEHOLDER.fullmatch(each) for each in passwords) else ""


def is_secret(name: str, value: str) -> bool:
    """Whether a value behind a name that says that it is secret looks like a real one, and not like a placeholder."""
    bare = value.strip().strip("'\"")
    named = _SECRET_NAME.search(_CAMEL.sub("_", name)) is not None
    return named and len(bare) >= SHORTEST_SECRET and _PLACEHOLDER.fullmatch(bare) is None


def _is_example(text: str) -> bool:
    """The keys that documentations show."""
    return "EXAMPLE" in text.upper()
