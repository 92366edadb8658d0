"""How the commits of a checkout follow each other, asked of git."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from cdkit.ports.commits import Position

if TYPE_CHECKING:
    from git import Repo

_HASH = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
"""Whatever else a record holds must not reach a command line."""


class GitCommits:
    """The commits of the repository at a folder or above it. Implements `cdkit.ports.commits.Commits`.

    Args:
        directory: the folder.
    """

    def __init__(self, directory: str | Path) -> None:
        self._directory = directory

    def position(self, commit: str, reference: str) -> Position:
        """Where `commit` stands, seen from `reference`; `unknown` also without a repository or without git."""
        if commit == reference:
            return "same" if _HASH.fullmatch(commit) else "unknown"
        if not (_HASH.fullmatch(commit) and _HASH.fullmatch(reference)):
            return "unknown"
        try:
            from git import Repo
            from git.exc import GitError
        except ImportError:
            # GitPython refuses to be imported where there is no git program.
            return "unknown"
        try:
            with Repo(self._directory, search_parent_directories=True) as repository:
                return _position(repository, commit, reference)
        except (GitError, OSError, ValueError):
            return "unknown"


def _position(repository: Repo, commit: str, reference: str) -> Position:
    if _is_ancestor(repository, reference, commit):
        return "ahead"
    if _is_ancestor(repository, commit, reference):
        return "behind"
    # Where history is cut off, 'no' may only mean that the line between the two cannot be seen.
    is_known = all(_has(repository, known) for known in (commit, reference))
    return "diverged" if is_known and not _is_shallow(repository) else "unknown"


def _is_ancestor(repository: Repo, ancestor: str, commit: str) -> bool:
    return _status(repository, "merge-base", "--is-ancestor", ancestor, commit) == 0


def _has(repository: Repo, commit: str) -> bool:
    return _status(repository, "cat-file", "-e", f"{commit}^{{commit}}") == 0


def _is_shallow(repository: Repo) -> bool:
    said = repository.git.execute(["git", "rev-parse", "--is-shallow-repository"])
    return str(said).strip() != "false"


def _status(repository: Repo, *arguments: str) -> int:
    status, _, _ = repository.git.execute(["git", *arguments], with_extended_output=True, with_exceptions=False)
    return int(status)
