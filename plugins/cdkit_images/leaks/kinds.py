"""Files that hold logins and keys: how each kind is called, and how a secret stands in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

import msgspec

from cdkit_images.leaks.values import is_secret, known_token

_VALUE = r"(?!\s*[\"']?[${%<*])\S{3,}"
"""Something that is written out, and not the name of a variable."""

MOST_PATHS = 1 << 16
"""So many answers are kept: they are for the same files, in the check of a step and when it is run."""


class FileKind(msgspec.Struct, frozen=True):
    """One kind of file.

    Attributes:
        what: what is in it, for a person.
        path: how it is called: a regular expression for the end of its path, from the beginning of a part.
        holds: whether a text has the secret, and not only a place for it.
    """

    what: str
    path: str
    holds: Callable[[str], bool]


@lru_cache(MOST_PATHS)
def kind_of(path: str) -> FileKind | None:
    """The kind of a file by its path in the context; None for the most of them. A run asks twice, and of all files."""
    return next((kind for kind in _KINDS if re.search(kind.path, path)), None) if _ANY.search(path) else None


def _has(pattern: str) -> Callable[[str], bool]:
    # Compiled when the first such file is met: most contexts have none.
    return lambda text: re.search(pattern, text, re.IGNORECASE | re.MULTILINE) is not None


def _has_assignment(text: str) -> bool:
    """`NAME=value` with a name that says that it is secret, or a token that is known by its form."""
    pairs = re.findall(r"^\s*(?:export\s+)?([\w.-]+)[ \t]*[=:][ \t]*(.+?)[ \t]*$", text, re.MULTILINE)
    return bool(known_token(text)) or any(is_secret(name, value) for name, value in pairs)


_PRIVATE_KEY = _has(r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----")

_TABLE: tuple[tuple[str, str, Callable[[str], bool]], ...] = (
    ("an npm login", r"\.npmrc", _has(rf"_(?:authToken|auth|password)\s*=\s*\"?{_VALUE}")),
    ("a Yarn login", r"\.yarnrc(?:\.yml)?", _has(rf"(?:npmAuthToken|npmAuthIdent|_authToken)\"?:?\s+\"?{_VALUE}")),
    ("a PyPI login", r"\.pypirc", _has(rf"^\s*password\s*[:=]\s*{_VALUE}")),
    ("a login for a package index", r"pip\.(?:conf|ini)", _has(r"://[^\s/:@]+:[^\s/:@$]+@")),
    ("logins", r"[._]netrc", _has(rf"\bpassword\s+{_VALUE}")),
    (
        "a registry login",
        r"(?:\.docker/config\.json|\.dockercfg|\.dockerconfigjson|containers/auth\.json)",
        _has(r'"(?:auth|identitytoken|registrytoken|password)"\s*:\s*"[^"$]+"'),
    ),
    ("a Composer login", r"auth\.json", _has(r'"(?:password|github-oauth|gitlab-token|bearer)"\s*:\s*["{][^}$]')),
    ("a Maven password", r"settings\.xml", _has(r"<password>\s*[^\s${<][^<]{2,}</password>")),
    ("a login for RubyGems", r"\.gem/credentials", _has(rf":\s*{_VALUE}")),
    ("a login for crates", r"\.cargo/credentials(?:\.toml)?", _has(rf"token\s*=\s*\"?{_VALUE}")),
    ("a git login", r"\.git-credentials", _has(r"://[^\s/:@]*:[^\s/@]+@")),
    (
        "a git login, as build servers leave it there",
        r"\.git/config",
        _has(r"extraheader\s*=\s*authorization:\s*\S+\s+\S+|url\s*=\s*https?://[^\s/:@]*:[^\s/@]+@"),
    ),
    ("a database password", r"\.pgpass", _has(r"^[^#\n]*:[^:\n]*:[^:\n]*:[^:\n]*:\S{3,}")),
    ("a database password", r"\.my\.cnf", _has(rf"^\s*password\s*=\s*{_VALUE}")),
    ("AWS keys", r"(?:\.aws/(?:credentials|config)|\.s3cfg|\.boto)", _has(rf"secret(?:_access)?_key\s*=\s*{_VALUE}")),
    (
        "a Google Cloud key",
        r"(?:[\w.-]*(?:service[-_]?account|credentials?|gcloud|gcp|[-_]sa|key)[\w.-]*\.json)",
        _has(r'"private_key"\s*:\s*"-----BEGIN|"refresh_token"\s*:\s*"[^"$]+"'),
    ),
    (
        "Azure tokens",
        r"\.azure/(?:accessTokens|msal_token_cache|service_principal_entries)\.json",
        _has(r'"(?:accessToken|refreshToken|secret|client_secret)"\s*:\s*"[^"$]+"'),
    ),
    ("a Terraform login", r"(?:\.terraformrc|credentials\.tfrc\.json)", _has(r'token"?\s*[=:]\s*"[^"$]+"')),
    ("a Vault token", r"\.vault-token", _has(r"\S{8,}")),
    (
        "a kubeconfig with a login",
        r"(?:\.kube/config|(?:[\w.-]*[-_.])?kubeconfig(?![\w.-]*\.(?:md|rst|html)$)(?:[-_.][\w.-]*)?|(?:admin|kubelet)\.conf)",
        _has(rf"^\s*(?:- )?\"?(?:client-key-data|token|password)\"?:\s*\"?{_VALUE}"),
    ),
    (
        "a private key",
        r"(?:id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?|(?!\.)[^/]*\.(?:pem|key|p8|ppk|asc|gpg)|[^/]*(?:deploy|private)[-_]?key)",
        lambda text: _PRIVATE_KEY(text) or text.startswith("PuTTY-User-Key-File"),
    ),
    (
        "credentials",
        r"\.env(?:\.(?!(?:[\w-]+\.)*(?:example|sample|template|tmpl|dist|defaults?|schema)$)[\w.-]+)?",
        _has_assignment,
    ),
    ("credentials", r"(?:gradle|local|secrets?)\.properties|secrets?\.(?:ya?ml|toml|env)", _has_assignment),
)

_KINDS = tuple(FileKind(what, rf"(?:^|/)(?:{path})$", holds) for what, path, holds in _TABLE)
_ANY = re.compile(rf"(?:^|/)(?:{'|'.join(path for _, path, _ in _TABLE)})$")
