"""Which texts are secrets: known forms of tokens, and values behind names that say so."""

from __future__ import annotations

import re

# All patterns are compiled when the first text is met that may match: most builds have none.
_TOKENS: tuple[tuple[str, str, str], ...] = (
    ("a private key", "PRIVATE KEY", r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----"),
    ("a GitHub token", "gh", r"\bgh[pousr]_[A-Za-z0-9]{36,}"),
    ("a GitHub token", "github_pat_", r"\bgithub_pat_[A-Za-z0-9_]{50,}"),
    ("a GitLab token", "gl", r"\bgl(?:pat|ptt|dt|rt|cbt|ft|soat)-[A-Za-z0-9_-]{20,}"),
    ("an npm token", "npm_", r"\bnpm_[A-Za-z0-9]{36}\b"),
    ("a PyPI token", "pypi-", r"\bpypi-AgE[A-Za-z0-9_-]{50,}"),
    ("a Docker Hub token", "dckr_", r"\bdckr_(?:pat|oat)_[A-Za-z0-9_-]{20,}"),
    ("an AWS access key", "AKIA", r"\bAKIA[0-9A-Z]{16}\b"),
    ("an AWS access key", "ASIA", r"\bASIA[0-9A-Z]{16}\b"),
    ("a Google API key", "AIza", r"\bAIza[0-9A-Za-z_-]{35}\b"),
    ("a Slack token", "xox", r"\bxox[abeprs]-[0-9A-Za-z-]{10,}"),
    ("a Stripe key", "k_live_", r"\b[rs]k_live_[0-9A-Za-z]{16,}"),
)
"""What it is, a part that each of them has, and its form."""

_LOGIN_IN_URL = r"(?i)\b[a-z][a-z0-9+.-]*://[^\s/:@'\"]*:([^\s/:@'\"]{3,})@[A-Za-z0-9\[]"

_SENSITIVE_NAME = (
    r"(?i)(?:^|[_.-])(?:password|passwd|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|secret[_-]?key"
    r"|private[_-]?key|signing[_-]?key|encryption[_-]?key|credentials?)$"
)
_CAMEL = r"(?<=[a-z0-9])(?=[A-Z])"

_PLACEHOLDER = r"""(?ix)
    [${%<*].* | \#\{.* |                                  # filled in later
    [./~].* | \d{0,8} | x+ |                              # a path, a number
    (?:your|my|the)?[_ -]?(?:change[_-]?me|example|sample|dummy|fake|placeholder|todo|none|null|nil|undefined|default
    |redacted|insert|replace|testing|test|development|dev|local|secret|password|token|root|admin|postgres|mysql|guest
    |user|true|false)(?:[-_. ]?\w{0,8})*?
    """

SHORTEST_SECRET = 6


def known_token(text: str) -> str:
    """What a text holds that has the form of a secret: `a GitHub token`; empty when it holds none."""
    for what, part, form in _TOKENS:
        match = re.search(form, text) if part in text else None
        if match and not _is_example(match[0]):
            return what
    passwords = [match[1] for match in re.finditer(_LOGIN_IN_URL, text)] if "://" in text else []
    return "a password in a URL" if not all(map(_is_placeholder, passwords)) else ""


def is_secret(name: str, value: str) -> bool:
    """Whether a value behind a name that says that it is secret looks like a real one, and not like a placeholder."""
    bare = value.strip().strip("'\"")
    named = re.search(_SENSITIVE_NAME, re.sub(_CAMEL, "_", name)) is not None
    return named and len(bare) >= SHORTEST_SECRET and not _is_placeholder(bare)


def _is_placeholder(value: str) -> bool:
    return re.fullmatch(_PLACEHOLDER, value) is not None


def _is_example(text: str) -> bool:
    """The keys that documentations show."""
    return "EXAMPLE" in text.upper()
