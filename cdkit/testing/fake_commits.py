"""A history that a test makes up, with the contract of the real one (`tests/contract/test_commits_contract.py`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cdkit.ports.commits import Position


class FakeCommits:
    """Commits in memory.

    Args:
        parents: the parents of each commit.
        complete: whether the checkout has the whole history, rather than a part of it.
    """

    def __init__(self, parents: Mapping[str, Sequence[str]] | None = None, *, complete: bool = True) -> None:
        self._parents = dict(parents or {})
        self._complete = complete

    @classmethod
    def line(cls, *commits: str) -> FakeCommits:
        """Commits that follow each other, the oldest first."""
        return cls({commit: commits[max(0, index - 1) : index] for index, commit in enumerate(commits)})

    def position(self, commit: str, reference: str) -> Position:
        """Where `commit` stands, seen from `reference`."""
        if commit == reference:
            return "same"
        if reference in self._ancestors(commit):
            return "ahead"
        if commit in self._ancestors(reference):
            return "behind"
        known = commit in self._parents and reference in self._parents
        return "diverged" if known and self._complete else "unknown"

    def _ancestors(self, commit: str) -> set[str]:
        found: set[str] = set()
        waiting = list(self._parents.get(commit, ()))
        while waiting:
            parent = waiting.pop()
            if parent not in found:
                found.add(parent)
                waiting += self._parents.get(parent, ())
        return found
