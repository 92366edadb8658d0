"""What a secret looks like when tools print it. Pure."""

from __future__ import annotations

import base64
import json
import re
from urllib.parse import quote

SHORTEST_LINE = 4
"""A line of a multi-line secret that is shorter than this (a closing brace of JSON, say) is not a secret by itself."""

LINE_WIDTHS = (64, 76)
"""Where `openssl base64` and `base64` break their lines."""


def forms_of(secret: str) -> set[str]:
    """Every form in which a tool is known to print a secret."""
    wholes = {secret, secret.strip()}
    lines = {line.strip() for line in secret.splitlines() if len(line.strip()) >= SHORTEST_LINE}
    # A message of several lines is told in a sentence of one.
    plain = wholes | lines | {" ".join(secret.split())}
    encoded = {form for text in plain for form in _encodings(text)}
    return {form for form in plain | encoded if form}


def _encodings(text: str) -> set[str]:
    return {*_nested_json_forms(text), *_url_forms(text), *_shell_forms(text), *_base64_forms(text)}


_SAME_IN_JSON = re.compile(r"[ !#-%(-;=?-\[\]-~]*")
"""Printable ASCII that neither JSON nor Python writes in another way. A deployment may have thousands of secret values,
and most of them are of nothing else."""


def _json_forms(text: str) -> set[str]:
    """As JSON, and as the representation of Python."""
    if _SAME_IN_JSON.fullmatch(text):
        return {text}
    plain, ascii_only = json.dumps(text, ensure_ascii=False)[1:-1], json.dumps(text)[1:-1]
    return {plain, ascii_only, _html_safe(plain), _html_safe(ascii_only), repr(text)[1:-1]}


def _nested_json_forms(text: str) -> set[str]:
    """As JSON, and as JSON in a string of JSON, as an annotation holds a manifest."""
    once = _json_forms(text)
    return once if once == {text} else {*once, *(twice for form in once for twice in _json_forms(form))}


def _html_safe(text: str) -> str:
    """Go's encoding/json, and so kubectl and the engine, write these three by their numbers."""
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def _url_forms(text: str) -> set[str]:
    quoted = quote(text.encode(errors="surrogateescape"), safe="")
    if quoted == text:
        return {text}
    # With slashes as they are, and with a plus for a space, as in a path and in a query.
    forms = {quoted, quoted.replace("%2F", "/"), quoted.replace("%20", "+")}
    if not _CODE_WITH_LETTER.search(quoted):
        return forms
    return forms | {_CODE_WITH_LETTER.sub(lambda code: code[0].lower(), form) for form in forms}


_CODE_WITH_LETTER = re.compile("%(?:[A-F][0-9A-F]|[0-9][A-F])")
"""A quoted byte that may be written with a small letter as well."""


def _shell_forms(text: str) -> set[str]:
    """In single quotes, as Python and as shells write them, and with backslashes, as `printf %q` does."""
    return {
        text.replace("'", "'\"'\"'"),
        text.replace("'", r"'\''"),
        _SPECIAL_IN_SHELL.sub(_behind_backslash, text),
    }


_SPECIAL_IN_SHELL = re.compile(r"[^\w@%+=:,./-]", re.ASCII)


def _behind_backslash(match: re.Match[str]) -> str:
    return f"\\{match[0]}"


def _base64_forms(text: str) -> set[str]:
    """Base64 of the text itself, and what stays the same of it wherever it stands inside a longer text.

    A login header encodes `user:secret`: there the secret begins at any of three offsets, and the characters at
    both ends are mixed with its neighbours.
    """
    raw = text.encode(errors="surrogateescape")
    whole = base64.b64encode(raw).decode()
    forms = {whole, whole.rstrip("=")}
    for width in LINE_WIDTHS:
        forms |= {line for line in _wrapped(whole, width) if len(line) >= SHORTEST_LINE * 2}
    for offset in range(3):
        shifted = base64.b64encode(b"\0" * offset + raw).decode().rstrip("=")
        first = -(-offset * 8 // 6)
        last = (offset + len(raw)) * 8 // 6
        inner = shifted[first:last]
        if len(inner) >= SHORTEST_LINE * 2:
            forms.add(inner)
    return forms | {form.translate(_URL_SAFE) for form in forms if "+" in form or "/" in form}


_URL_SAFE = str.maketrans("+/", "-_")
"""The two letters that base64 writes otherwise in a URL."""


def _wrapped(text: str, width: int) -> list[str]:
    return [text[start : start + width] for start in range(0, len(text), width)] if len(text) > width else []
