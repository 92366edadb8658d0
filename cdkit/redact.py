"""Secret values become `***` before anybody sees them: whole, per line, and in the forms that tools give them."""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, Literal, TypeVar, get_args, get_origin
from urllib.parse import quote

import msgspec

from cdkit.models.event import Event, StepOutput

MASK = "***"
SHORTEST_LINE = 4
"""A line of a multi-line secret that is shorter than this (a closing brace of JSON, say) is not a secret by itself."""

LINE_WIDTHS = (64, 76)
"""Where `openssl base64` and `base64` break their lines."""

SHORTEST_BEGINNING = 4
"""Of a secret that is cut off, so many characters give it away; fewer are any word's."""

MANY = 300
"""Up to so many forms are sought by a regular expression; to compile one of 10,000 forms takes a second."""

AnEvent = TypeVar("AnEvent", bound=Event)
Span = tuple[int, int]


class Redactor:
    """Knows the secret values of a run and takes them out of whatever passes.

    Secrets may be added while events flow: from then on they are masked.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._lock = threading.Lock()
        self._known: set[str] = set()
        self._forms: set[str] = set()
        self._cut_off = _Beginnings(())
        self._find: Callable[[str, int], Span | None] | None = None
        self.add(*secrets)

    def add(self, *secrets: str) -> None:
        """Mask these values from now on, in every form. Empty values are ignored."""
        fresh = {secret for secret in secrets if secret.strip()} - self._known
        if not fresh:
            return
        forms = {form for secret in fresh for form in _forms(secret)}
        with self._lock:
            self._known |= fresh
            self._forms |= forms
            # The longest first: a secret that holds another one is masked whole.
            ordered = sorted(self._forms, key=lambda form: (-len(form), form))
            self._find = _by_expression(ordered) if len(ordered) <= MANY else _by_beginning(ordered)
            self._cut_off = _Beginnings(ordered)

    def text(self, text: str) -> str:
        """The text with every secret in it masked; of secrets that overlap nothing is left either.

        A secret that was cut off where a text became too long (`...`) is masked too.
        """
        if not self._shows(text):
            return text
        shown: list[str] = []
        end = 0
        for first, last in self._spans(text):
            shown += (text[end:first], MASK)
            end = last
        return "".join((*shown, text[end:]))

    @property
    def is_empty(self) -> bool:
        """Whether there is no secret to look for."""
        return self._find is None

    def knows(self, text: str) -> bool:
        """Whether a secret stands in the text."""
        return self._is_in(text)

    def value(self, value: Any) -> Any:
        """The same shape of lists, dictionaries and structs, with every string in it masked, keys too."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.value(key): self.value(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return type(value)(self.value(item) for item in value)
        if isinstance(value, msgspec.Struct):
            masked = {name: self.value(getattr(value, name)) for name in _free_fields(type(value))}
            return msgspec.structs.replace(value, **masked)
        return value

    def event(self, event: AnEvent) -> AnEvent:
        """The event with every secret in it masked."""
        if self._find is None or (isinstance(event, StepOutput) and not self._shows(event.line, event.step)):
            return event
        masked: AnEvent = self.value(event)
        return masked

    def _shows(self, *texts: str) -> bool:
        """Whether texts hold a secret, or the beginning of one that was cut off."""
        return self._is_in(*texts) or any(map(self._cut_off.is_in, texts))

    def _is_in(self, *texts: str) -> bool:
        find = self._find
        return find is not None and any(find(text, 0) for text in texts)

    def _spans(self, text: str) -> Iterator[Span]:
        """Where secrets stand, from the left; those that overlap are one."""
        first = last = 0
        for start, end in sorted([*self._wholes(text), *self._cut_off.spans(text)]):
            if start >= last:
                if last:
                    yield first, last
                first = start
            last = max(last, end)
        if last:
            yield first, last

    def _wholes(self, text: str) -> Iterator[Span]:
        """Where secrets stand that are there whole."""
        find = self._find
        span = find(text, 0) if find is not None else None
        while find is not None and span is not None:
            yield span
            # One character on and not behind the match: another secret may begin inside of this one.
            span = find(text, span[0] + 1)


def _by_expression(forms: Sequence[str]) -> Callable[[str, int], Span | None]:
    """Finds the first of a few forms in a text, from a position on; of several there the one that is given first."""
    search = re.compile("|".join(map(re.escape, forms))).search

    def find(text: str, start: int) -> Span | None:
        match = search(text, start)
        return match.span() if match else None

    return find


def _by_beginning(forms: Sequence[str]) -> Callable[[str, int], Span | None]:
    """Finds the same of very many forms: by their first characters, as many as the shortest of them has."""
    width = min(map(len, forms))
    known: dict[str, list[str]] = {}
    for form in forms:
        known.setdefault(form[:width], []).append(form)

    def find(text: str, start: int) -> Span | None:
        places = range(start, len(text) - width + 1)
        for place in (place for place in places if text[place : place + width] in known):
            for form in known[text[place : place + width]]:
                if text.startswith(form, place):
                    return place, place + len(form)
        return None

    return find


class _Beginnings:
    """Finds secrets of which only the beginning is left, before a mark that says so.

    Messages of servers and runtimes are cut before they come here; that they were is seen by their dots alone.

    Args:
        forms: what secrets look like.
    """

    def __init__(self, forms: Iterable[str]) -> None:
        self._forms: dict[str, list[str]] = {}
        self._longest = 0
        for form in forms:
            if len(form) > SHORTEST_BEGINNING:
                self._forms.setdefault(form[:SHORTEST_BEGINNING], []).append(form)
                self._longest = max(self._longest, len(form))

    def is_in(self, text: str) -> bool:
        """Whether there is such a beginning; nearly all texts are told by a look for the mark."""
        return ("..." in text or "…" in text) and next(self.spans(text), None) is not None

    def spans(self, text: str) -> Iterator[Span]:
        """Where such beginnings stand."""
        for mark in _CUT.finditer(text):
            end = mark.start()
            for start in range(max(0, end - self._longest), end - SHORTEST_BEGINNING + 1):
                known = self._forms.get(text[start : start + SHORTEST_BEGINNING])
                if known is not None and any(form.startswith(text[start:end]) for form in known):
                    yield start, end
                    break


_CUT = re.compile(r"\.{3,}|…")


@lru_cache(maxsize=64)
def _free_fields(kind: type[msgspec.Struct]) -> tuple[str, ...]:
    """The fields that may hold anything; one that takes a few fixed words cannot give a secret away."""
    return tuple(field.name for field in msgspec.structs.fields(kind) if not _takes_fixed_words(field.type))


def _takes_fixed_words(kind: Any) -> bool:
    """Whether a type is a choice of words, or a tuple of such."""
    if get_origin(kind) is tuple:
        return all(_takes_fixed_words(part) for part in get_args(kind) if part is not Ellipsis)
    return get_origin(kind) is Literal


def _forms(secret: str) -> set[str]:
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


_LOGIN_IN_URL = re.compile(r"^(https?://)[^/@]*@")
_PASSWORD_IN_URL = re.compile(r"^([a-z+]+://[^/@:]*):[^/@]*@")


def without_login(url: str) -> str:
    """A remote's URL without the user and password that build servers put into it.

    The user of an ssh URL stays: it is a part of the address, and no secret.
    """
    return _PASSWORD_IN_URL.sub(r"\1@", _LOGIN_IN_URL.sub(r"\1", url))
