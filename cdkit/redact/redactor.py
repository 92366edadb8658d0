"""Takes the secrets of a run out of whatever passes."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, Literal, TypeVar, get_args, get_origin

import msgspec

from cdkit.models.event import Event, StepOutput
from cdkit.redact.forms import forms_of
from cdkit.redact.search import Beginnings, Find, Span, by_beginning, by_expression

MASK = "***"
MANY = 300
"""Up to so many forms are sought by a regular expression; to compile one of 10,000 forms takes a second."""

AnEvent = TypeVar("AnEvent", bound=Event)


class Redactor:
    """Knows the secret values of a run and takes them out of whatever passes.

    Secrets may be added while events flow: from then on they are masked.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._lock = threading.Lock()
        self._known: set[str] = set()
        self._forms: set[str] = set()
        self._cut_off = Beginnings(())
        self._find: Find | None = None
        self.add(*secrets)

    def add(self, *secrets: str) -> None:
        """Mask these values from now on, in every form. Empty values are ignored."""
        fresh = {secret for secret in secrets if secret.strip()} - self._known
        if not fresh:
            return
        forms = {form for secret in fresh for form in forms_of(secret)}
        with self._lock:
            self._known |= fresh
            self._forms |= forms
            # The longest first: a secret that holds another one is masked whole.
            ordered = sorted(self._forms, key=lambda form: (-len(form), form))
            self._find = by_expression(ordered) if len(ordered) <= MANY else by_beginning(ordered)
            self._cut_off = Beginnings(ordered)

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


@lru_cache(maxsize=64)
def _free_fields(kind: type[msgspec.Struct]) -> tuple[str, ...]:
    """The fields that may hold anything; one that takes a few fixed words cannot give a secret away."""
    return tuple(field.name for field in msgspec.structs.fields(kind) if not _takes_fixed_words(field.type))


def _takes_fixed_words(kind: Any) -> bool:
    """Whether a type is a choice of words, or a tuple of such."""
    if get_origin(kind) is tuple:
        return all(_takes_fixed_words(part) for part in get_args(kind) if part is not Ellipsis)
    return get_origin(kind) is Literal
