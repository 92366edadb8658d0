r"""Scalars of YAML, written so that readers of YAML 1.1 and of 1.2 find the same value.

1.1 takes `no`, `1:30`, `0o17` and `2024-01-01` for something else than text, 1.2 does not. So text stands without
quotes only where it is an amount like `128Mi`, or begins with a letter, a slash or a dash before a letter, holds
harmless signs, and is none of 1.1's words. All other text is quoted as JSON does, and what cannot be seen is written
as `\u....`: a reviewer sees what a machine will read.
https://yaml.org/type/ and https://yaml.org/spec/1.2.2/#57-escaped-characters
"""

from __future__ import annotations

import json
import re
from typing import Any

from cdkit.api import InvalidInput

LONGEST_KEY = 1000
"""Readers look no further than 1024 characters for the colon (https://yaml.org/spec/1.2.2/#742-flow-mappings)."""

LONGEST_COMMENT = 160

_PLAIN = re.compile(r"(?:[A-Za-z/]|--?[A-Za-z]|\.{1,2}/)[A-Za-z0-9_./@:+,=~()-]*(?: [A-Za-z0-9_./@:+,=~()-]+)*")
_AMOUNT = re.compile(r"[1-9][0-9]*(?:m|[KMGTP]i)")
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})


def scalar(value: Any) -> str:
    """A scalar on one line.

    Args:
        value: text, a number, a boolean or None.
    """
    if isinstance(value, str):
        return text(value)
    if isinstance(value, float) and value.is_integer():
        # 1e+16 is text for readers of YAML 1.1.
        return str(int(value))
    return json.dumps(value)


def text(value: str) -> str:
    """Text on one line, in quotes where it needs them."""
    return value if _is_plain(value) else quoted(value)


def quoted(value: str) -> str:
    """Text in double quotes; nothing in it can end them, or the line."""
    inner = json.dumps(value, ensure_ascii=False)
    return inner if inner.isprintable() else "".join(map(_escaped, inner))


def key(value: str) -> str:
    """A key of a mapping.

    Raises:
        InvalidInput: it is too long to be one.
    """
    written = text(value)
    if len(written) > LONGEST_KEY:
        raise InvalidInput(
            f"The key {value[:40]!r}... of a manifest is too long to be written: {len(value)} characters.",
            remedy="Shorten the name; Kubernetes takes 317 characters at most.",
        )
    return written


def block(value: str) -> list[str] | None:
    """The lines of a text that can stand as they are behind `|` or `|-`; None where it has to be quoted."""
    lines = value.removesuffix("\n").split("\n")
    if "\n" not in value or value.startswith((" ", "\n")) or value.endswith("\n\n"):
        return None
    if any(not line.isprintable() or line != line.rstrip() for line in lines):
        return None
    return ["|" if value.endswith("\n") else "|-", *lines]


def comment(note: str) -> str:
    """A note as a comment: on one line, without anything that cannot be seen."""
    seen = " ".join("".join(sign if sign.isprintable() else " " for sign in note).split())
    return f"# {seen}" if len(seen) <= LONGEST_COMMENT else f"# {seen[:LONGEST_COMMENT]}…"


def _is_plain(value: str) -> bool:
    if _AMOUNT.fullmatch(value):
        return True
    if not _PLAIN.fullmatch(value) or value.lower() in _WORDS:
        return False
    return ": " not in value and not value.endswith(":")


def _escaped(sign: str) -> str:
    if sign.isprintable():
        return sign
    return f"\\u{ord(sign):04x}" if ord(sign) <= 0xFFFF else f"\\U{ord(sign):08x}"  # noqa: PLR2004 -- four digits
