"""Regular expressions of a pipeline file, on text that nobody vouches for, in bounded time."""

from __future__ import annotations

from cdkit.api import InvalidInput

LONGEST_TEXT = 1 << 16
"""Characters that are searched; what is beyond them is not."""

LONGEST_SEARCH = 0.25
"""Seconds of processor time. A pattern such as `(a+)+$` would take years, and nothing could stop it."""


class Pattern:
    """A regular expression in the way of Python. A search in one text takes a bounded time.

    Args:
        text: the expression.
    """

    def __init__(self, text: str) -> None:
        import regex

        self.text = text
        self._search = regex.compile(text).search

    def found_in(self, text: str) -> bool:
        """Whether a text has it somewhere.

        Raises:
            InvalidInput: it takes too long.
        """
        try:
            # With other threads at work, giving the interpreter away for each line would cost far more than the search.
            return self._search(text[:LONGEST_TEXT], timeout=LONGEST_SEARCH, concurrent=False) is not None
        except TimeoutError:
            raise InvalidInput(
                f"The pattern {self.text!r} takes more than {LONGEST_SEARCH:g} s on a text of {len(text)} characters.",
                remedy="Write it so that no repetition stands within another one: `a+` instead of `(a+)+`.",
            ) from None
