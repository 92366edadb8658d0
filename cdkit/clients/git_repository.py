"""What git knows about the project, for runs outside a build server."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from cdkit.models.build import Build
from cdkit.redact import without_login

if TYPE_CHECKING:
    from git import Repo

_ORIGIN_HEAD = "refs/remotes/origin/"


def read_build_facts(directory: str | Path) -> Build:
    """The commit, branch and tag that are checked out at a folder or above it.

    What git does not know is the empty string: all of it without a repository, without a commit or without git.
    """
    if not _may_be_in_a_repository(Path(directory)):
        # GitPython takes longer to import than all that is asked of it.
        return Build()
    try:
        from git import Repo
        from git.exc import GitError
    except ImportError:
        # GitPython refuses to be imported where there is no git program.
        return Build()
    try:
        with Repo(directory, search_parent_directories=True) as repository:
            return _facts(repository)
    except (GitError, OSError, ValueError):
        # Not a repository, or one without any commit, or one that is broken.
        return Build()


def _may_be_in_a_repository(directory: Path) -> bool:
    """Whether there is a `.git` at a folder or above it, or the environment names one."""
    folder = directory.absolute()
    return "GIT_DIR" in os.environ or any((place / ".git").exists() for place in (folder, *folder.parents))


def _facts(repository: Repo) -> Build:
    head = repository.head
    return Build(
        server="local",
        commit=head.commit.hexsha,
        branch="" if head.is_detached else repository.active_branch.name,
        default_branch=_default_branch(repository),
        tag=_tag(repository),
        repository=_remote(repository),
        commit_time=head.commit.committed_date,
    )


def _default_branch(repository: Repo) -> str:
    """What the remote's HEAD pointed at when it was cloned; `git remote set-head origin --auto` renews it."""
    return _git(repository, "symbolic-ref", f"{_ORIGIN_HEAD}HEAD").removeprefix(_ORIGIN_HEAD)


def _tag(repository: Repo) -> str:
    """The tag of the commit; of several the highest version."""
    return _git(repository, "tag", "--points-at", "HEAD", "--sort=-version:refname").partition("\n")[0]


def _git(repository: Repo, *arguments: str) -> str:
    from git.exc import GitCommandError

    # There may be no such thing; or git may refuse a folder that belongs to another account (safe.directory).
    with suppress(GitCommandError):
        return str(repository.git.execute(["git", *arguments]))
    return ""


def _remote(repository: Repo) -> str:
    remotes = [remote for remote in repository.remotes if remote.name == "origin"] or repository.remotes
    return without_login(next(remotes[0].urls, "")) if remotes else ""
