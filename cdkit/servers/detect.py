"""Finds the build server that runs us, and puts together what it and git say of the build."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Protocol

import msgspec

from cdkit.models.build import Build
from cdkit.redact import without_login
from cdkit.servers.azure import Azure
from cdkit.servers.bitbucket import Bitbucket
from cdkit.servers.buildkite import Buildkite
from cdkit.servers.circleci import CircleCi
from cdkit.servers.drone import Drone
from cdkit.servers.github import Forgejo, Gitea, GitHub
from cdkit.servers.gitlab import GitLab
from cdkit.servers.jenkins import Jenkins
from cdkit.servers.local import Local
from cdkit.servers.reading import SCHEDULED, Candidate, Reading
from cdkit.servers.teamcity import TeamCity
from cdkit.servers.tekton import Tekton
from cdkit.servers.trust import why_untrusted
from cdkit.servers.woodpecker import Woodpecker

GIT = "git"

ALWAYS_FROM_GIT = ("commit", "default_branch", "repository")
"""What git may say beside every server."""

LONGEST = 2048
"""Characters of a value; no branch, and no address that a person can use, is longer."""

_HASH = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_ADDRESS = re.compile(r"(?:https?|ssh|git)://|[\w.-]+@[\w.-]+:")


class BuildServer(Protocol):
    """One kind of build server."""

    @property
    def name(self) -> str:
        """Its short name, as `build.server` gives it."""
        ...

    def is_here(self, reading: Reading) -> bool:
        """Whether this environment is one that it sets up."""
        ...

    def candidates(self, reading: Reading) -> Iterator[Candidate]:
        """What it says of the build: for each field the best candidate first, and those that must not be believed."""
        ...


SERVERS: tuple[BuildServer, ...] = (
    Forgejo(),
    Gitea(),
    GitHub(),
    GitLab(),
    # It sets Drone's variables too.
    Woodpecker(),
    Drone(),
    Jenkins(),
    Azure(),
    CircleCi(),
    Bitbucket(),
    Buildkite(),
    TeamCity(),
    Tekton(),
    Local(),
)
"""In the order in which they are asked."""

GIT_KNOWS_REFS = ("jenkins", "teamcity", "tekton", "local")
"""Servers that may leave it to git which branch or tag is built. The others say it, and what git says beside them would
be wrong: a build of a branch is none of the tag that happens to stand on the same commit."""


class Account(msgspec.Struct, frozen=True):
    """A build, and where each of its facts comes from.

    Attributes:
        build: the facts.
        candidates: all that was looked at, in the order of preference for each field; what was taken comes first of
            those that were not rejected.
        untrusted: why the build is not trusted; empty when it is.
    """

    build: Build
    candidates: tuple[Candidate, ...]
    untrusted: str = ""


def name_of_server(environ: Mapping[str, str]) -> str:
    """The short name of the first server that recognises the environment."""
    reading = Reading(environ)
    return next(server.name for server in SERVERS if server.is_here(reading))


def detect(environ: Mapping[str, str], checkout: Build) -> Build:
    """The build of the first server that recognises the environment.

    Args:
        environ: the environment variables.
        checkout: what git says of the folder that is built.
    """
    return give_account(environ, checkout).build


def give_account(environ: Mapping[str, str], checkout: Build, root: Path = Path("/")) -> Account:
    """The build, with the source of each fact.

    Args:
        environ: the environment variables.
        checkout: what git says of the folder that is built.
        root: where absolute paths start.
    """
    reading = Reading(environ, root)
    server = next(server for server in SERVERS if server.is_here(reading))
    found = tuple(map(_checked, [*server.candidates(reading), *_of_git(server.name, checkout)]))
    untrusted = why_untrusted(environ)
    taken = _taken(found)
    scheduled = bool(taken.pop(SCHEDULED, ""))
    build = Build(
        server=server.name,
        trusted=not untrusted,
        scheduled=scheduled,
        # What is built is the checkout, also where that is a merge commit made for testing.
        commit_time=checkout.commit_time,
        **taken,
    )
    return Account(build, found, untrusted)


def _taken(candidates: Iterable[Candidate]) -> dict[str, str]:
    values: dict[str, str] = {}
    for candidate in candidates:
        if not candidate.rejected:
            values.setdefault(candidate.field, candidate.value)
    return values


def _of_git(server: str, checkout: Build) -> Iterator[Candidate]:
    for field in (*ALWAYS_FROM_GIT, "branch", "tag"):
        value = getattr(checkout, field)
        if value and field not in ALWAYS_FROM_GIT and server not in GIT_KNOWS_REFS:
            yield Candidate(field, value, GIT, f"{server} says which {field} it builds")
        elif value:
            yield Candidate(field, value, GIT)


def _checked(candidate: Candidate) -> Candidate:
    """A candidate without a login in its address; rejected when it cannot be what it is said to be."""
    value = candidate.value.strip()
    why = candidate.rejected
    if candidate.field in {"url", "repository"}:
        value = without_login(value)
        why = why or ("" if _ADDRESS.match(value) else "it is no address")
    elif candidate.field == "commit":
        why = why or ("" if _HASH.fullmatch(value) else "it is no hash of a commit")
    if not value.isprintable() or len(value) > LONGEST:
        value, why = "", "it holds control characters, or is far too long"
    return msgspec.structs.replace(candidate, value=value, rejected=why)
