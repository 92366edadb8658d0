"""Secret values become `***` before anybody sees them: whole, per line, and in the forms that tools give them."""

from __future__ import annotations

import base64
import json
import re
import shlex
import threading
from collections.abc import Iterable
from typing import Any, TypeVar
from urllib.parse import quote, quote_plus

import msgspec

from cdkit.models.event import Event, StepOutput

MASK = "***"
SHORTEST_LINE = 4
"""A line of a multi-line secret that is shorter than this (a closing brace of JSON, say) is not a secret by itself."""

AnEvent = TypeVar("AnEvent", bound=Event)


class Redactor:
    """Knows the secret values of a run and takes them out of whatever passes.

    Secrets may be added while events flow: from then on they are masked.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._lock = threading.Lock()
        self._forms: set[str] = set()
        self._pattern: re.Pattern[str] | None = None
        self.add(*secrets)

    def add(self, *secrets: str) -> None:
        """Mask these values from now on, in every form. Empty values are ignored."""
        forms = {form for secret in secrets if secret.strip() for form in _forms(secret)}
        if not forms:
            return
        with self._lock:
            self._forms |= forms
            # The longest first: a secret that holds another one is masked whole.
            ordered = sorted(self._forms, key=lambda form: (-len(form), form))
            self._pattern = re.compile("|".join(map(re.escape, ordered)))

    def text(self, text: str) -> str:
        """The text with every secret in it masked."""
        return self._pattern.sub(MASK, text) if self._pattern else text

    def value(self, value: Any) -> Any:
        """The same shape of lists and dictionaries, with every string in it masked, keys too."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.value(key): self.value(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return type(value)(self.value(item) for item in value)
        return value

    def event(self, event: AnEvent) -> AnEvent:
        """The event with every secret in it masked."""
        if self._pattern is None:
            return event
        if isinstance(event, StepOutput):
            return msgspec.structs.replace(event, line=self.text(event.line))
        return msgspec.convert(self.value(msgspec.to_builtins(event)), type(event))


def _forms(secret: str) -> set[str]:
    """Every form in which a tool is known to print a secret."""
    wholes = {secret, secret.strip()}
    lines = {line.strip() for line in secret.splitlines() if len(line.strip()) >= SHORTEST_LINE}
    plain = wholes | lines
    encoded = {form for text in plain for form in _encodings(text)}
    return {form for form in plain | encoded if form}


def _encodings(text: str) -> set[str]:
    return {
        json.dumps(text)[1:-1],
        json.dumps(text, ensure_ascii=False)[1:-1],
        quote(text, safe=""),
        quote(text),
        quote_plus(text),
        shlex.quote(text),
        shlex.quote(text)[1:-1] if shlex.quote(text).startswith("'") else text,
        *_base64_forms(text),
    }


def _base64_forms(text: str) -> set[str]:
    """Base64 of the text itself, and what stays the same of it wherever it stands inside a longer text.

    A login header encodes `user:secret`: there the secret begins at any of three offsets, and the characters at
    both ends are mixed with its neighbours.
    """
    raw = text.encode()
    forms = set()
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        whole = encode(raw).decode()
        forms |= {whole, whole.rstrip("=")}
        for offset in range(3):
            shifted = encode(b"\0" * offset + raw).decode().rstrip("=")
            first = -(-offset * 8 // 6)
            last = (offset + len(raw)) * 8 // 6
            inner = shifted[first:last]
            if len(inner) >= SHORTEST_LINE * 2:
                forms.add(inner)
    return forms
