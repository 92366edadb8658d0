"""What git knows of how commits follow each other."""

from __future__ import annotations

from typing import Literal, Protocol

Position = Literal["same", "ahead", "behind", "diverged", "unknown"]
"""Where a commit stands, seen from another one, in git's own words; `unknown` where the checkout does not hold enough
of the history to tell: a shallow clone, or a commit that was never fetched."""


class Commits(Protocol):
    """The commits of one checkout. Asking changes nothing and fetches nothing."""

    def position(self, commit: str, reference: str) -> Position:
        """Where `commit` stands, seen from `reference`: `ahead` when it descends from it.

        Args:
            commit: the full hash of a commit.
            reference: that of another one. Neither need exist: they may come from somebody else's records.
        """
        ...
