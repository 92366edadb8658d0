"""Who runs us, and for which commit: the same facts on every build server."""

from __future__ import annotations

import msgspec


class Build(msgspec.Struct, frozen=True, kw_only=True):
    """The normalised facts of a build. What is not known is the empty string.

    Attributes:
        server: `github`, `gitlab`, `drone`, `woodpecker`, `jenkins` or `local`.
        commit: the full hash of the commit that is built, not of a merge commit made for testing.
        branch: the branch that the commit is on; on a pull request its source branch.
        default_branch: the branch that releases come from.
        tag: the git tag, when the build is of one.
        pull_request: its number, when the build is of one.
        number: the build's own number on its server.
        url: where a person can look at the build.
        actor: who caused it.
        repository: the address of the git repository, without a login.
        commit_time: when the commit was made, in seconds since 1970; 0 when that is not known.
        scheduled: a timer caused it.
        trusted: false for a pull request from a fork; such a build gets no secrets.
    """

    server: str = "local"
    commit: str = ""
    branch: str = ""
    default_branch: str = ""
    tag: str = ""
    pull_request: str = ""
    number: str = ""
    url: str = ""
    actor: str = ""
    repository: str = ""
    commit_time: int = 0
    scheduled: bool = False
    trusted: bool = True
