"""Where forms of secrets stand in a text. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

SHORTEST_BEGINNING = 4
"""Of a secret that is cut off, so many characters give it away; fewer are any word's."""

Span = tuple[int, int]
"""From a position to behind another one."""

Find = Callable[[str, int], Span | None]
"""The first form in a text, from a position on."""


def by_expression(forms: Sequence[str]) -> Find:
    """Finds the first of a few forms in a text, from a position on; of several there the one that is given first."""
    search = re.compile("|".join(map(re.escape, forms))).search

    def find(text: str, start: int) -> Span | None:
        match = search(text, start)
        return match.span() if match else None

    return find


def by_beginning(forms: Sequence[str]) -> Find:
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


class Beginnings:
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
