"""Patterns of file names as Docker writes them, made into regular expressions.

One part of a path is matched by the rules of Go's `filepath.Match`: https://pkg.go.dev/path/filepath#Match.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_SIGN = re.compile(r"\*\*/?|\[\^?(?:\\.|[^\]\\])+\]|\\.|.", re.DOTALL)
_WILDCARD = re.compile(r"[*?\[\\]")


def has_wildcard(pattern: str) -> bool:
    """Whether a pattern may match something else than itself."""
    return _WILDCARD.search(pattern) is not None


def signs_of(pattern: str) -> Iterator[str]:
    r"""A pattern in pieces with one meaning each: `**/`, `*`, `?`, `[a-z]`, `\*`, or any other character."""
    return (match[0] for match in _SIGN.finditer(pattern))


def sign_regex(sign: str) -> str:
    """The regular expression of a piece that matches within one part of a path.

    Raises:
        ValueError: the piece is half of something.
    """
    if sign.startswith("*"):
        return "[^/]*"
    if sign == "?":
        return "[^/]"
    if sign == "[":
        raise ValueError("`[` has no end")
    if sign == "\\":
        raise ValueError(r"it ends with `\`")
    return _class(sign[1:-1]) if sign.startswith("[") else re.escape(sign[-1])


def name_regex(pattern: str) -> re.Pattern[str]:
    """The regular expression of one part of a path.

    Raises:
        ValueError: it is no pattern.
    """
    return re.compile("".join(map(sign_regex, signs_of(pattern))), re.DOTALL)


def _class(inside: str) -> str:
    negated = "^" if inside.startswith("^") else ""
    signs = re.findall(r"\\.|.", inside.removeprefix("^"), re.DOTALL)
    escaped = "".join("-" if sign == "-" else re.escape(sign[-1]) for sign in signs)
    return f"[{negated}{escaped}]"
