"""A file of keys and values, in whatever notation, that knows where its keys stand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any

from cdkit.api import Confidence, Fact, Source

Keys = tuple[str, ...]


class DataFile:
    """A file that was parsed.

    Args:
        file: the path from the project's folder.
        data: its values.
        text: the file as it was written.
        find_lines: gives the line of each key, by the keys that lead to it; called when somebody wants to know.
    """

    def __init__(
        self, file: str, data: Mapping[str, Any], text: str, find_lines: Callable[[str], Mapping[Keys, int]]
    ) -> None:
        self.file = file
        self.data = data
        self._text = text
        self._find_lines = find_lines

    def get(self, *keys: str) -> Any:
        """A value by the keys that lead to it; None where there is none."""
        value: Any = self.data
        for key in keys:
            value = value.get(key) if isinstance(value, Mapping) else None
        return value

    def table(self, *keys: str) -> Mapping[str, Any]:
        """A mapping; an empty one where there is none, or something else."""
        return as_table(self.get(*keys))

    def word(self, *keys: str) -> str:
        """A text; the empty one where there is none, or something else."""
        return as_word(self.get(*keys))

    def source(self, *keys: str, note: str = "", mention: str = "") -> Source:
        """Where a value stands, or the nearest thing around it.

        Args:
            keys: the keys that lead to it.
            note: what a person reads; the keys when left out.
            mention: a text in the value, whose line is told: for one of a long list.
        """
        line = next((self._lines[keys[:end]] for end in range(len(keys), 0, -1) if keys[:end] in self._lines), 0)
        if line and mention:
            rest = self._text.splitlines()[line - 1 :]
            line = next((line + number for number, text in enumerate(rest) if mention in text), line)
        return Source(self.file, line, note or ".".join(keys))

    def word_facts(self, places: Mapping[str, Keys], confidence: Confidence = "declared") -> Iterator[Fact]:
        """A fact for every one of some keys that holds a text.

        Args:
            places: by the name of the fact, the keys.
            confidence: how sure they are.
        """
        for name, keys in places.items():
            value = self.word(*keys)
            if value:
                yield Fact(name, value, self.source(*keys), confidence)

    @cached_property
    def _lines(self) -> Mapping[Keys, int]:
        return self._find_lines(self._text)


def as_table(value: Any) -> Mapping[str, Any]:
    """The value where it is a mapping, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def as_word(value: Any) -> str:
    """The value where it is text, without blanks around it, else nothing."""
    return value.strip() if isinstance(value, str) else ""


def as_words(value: Any) -> tuple[str, ...]:
    """The texts in a list; none where it is something else."""
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()
