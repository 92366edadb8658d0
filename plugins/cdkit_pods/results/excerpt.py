"""Texts of any length, of which only so much is kept as a person reads."""

from __future__ import annotations

_SHORTEST = 2


class Excerpt:
    """The beginning and the end of a text that comes in pieces; what is said last is often what counts.

    Args:
        longest: characters that are kept; half of them from the beginning.
    """

    __slots__ = ("_half", "_head", "_left_out", "_tail")

    def __init__(self, longest: int) -> None:
        self._half = longest // 2
        self._head = ""
        self._tail = ""
        self._left_out = 0

    def add(self, text: str) -> None:
        """Take one more piece."""
        room = self._half - len(self._head)
        self._head += text[:room]
        self._tail += text[room:]
        if len(self._tail) > 2 * self._half:
            self._shorten()

    def __str__(self) -> str:
        if len(self._tail) > self._half:
            self._shorten()
        gap = f"\n[... {self._left_out} characters ...]\n" if self._left_out else ""
        return f"{self._head}{gap}{self._tail}"

    def _shorten(self) -> None:
        self._left_out += len(self._tail) - self._half
        self._tail = self._tail[-self._half :]


def excerpt(text: str, longest: int) -> str:
    """The beginning and the end of a text, when it is longer than so many characters."""
    if len(text) <= longest:
        return text
    if longest < _SHORTEST:
        return ""
    kept = Excerpt(longest)
    kept.add(text)
    return str(kept)
