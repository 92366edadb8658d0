"""All that is found of a project."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

import msgspec

from cdkit.models.build import Build
from cdkit.scaffold.language import Language
from cdkit.scaffold.languages import go, java, javascript, make, php, python, ruby, rust
from cdkit.scaffold.registry import repository_of

DOCKERFILE = "Dockerfile"
LONGEST_NAME = 63
_LANGUAGES = (python, javascript, go, rust, java, ruby, php)
_MAIN_BRANCHES = frozenset({"main", "master", "trunk"})
_BRANCH = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]*")


class Inferred(msgspec.Struct, frozen=True):
    """Something that was not said, and what it was inferred from. An empty value says that nothing was found."""

    value: str
    source: str


class Project(msgspec.Struct, frozen=True, kw_only=True):
    """What a pipeline file can be made of. Every value is safe to stand in YAML, in an expression and on a terminal.

    Attributes:
        name: letters, digits, dots, dashes and underscores.
        languages: the languages, the most telling first.
        has_dockerfile: whether there is one.
        repository: the image's name in a registry.
        has_login: whether Docker has a login for that registry.
        branch: the branch that releases come from.
    """

    name: Inferred
    languages: tuple[Language, ...]
    has_dockerfile: bool
    repository: Inferred
    has_login: bool
    branch: Inferred


def look_at(folder: Path, checkout: Build, logins: Collection[str]) -> Project:
    """Look at a project, without running or changing anything of it.

    Args:
        folder: the project.
        checkout: what git knows of it.
        logins: the registries that there is a login for.
    """
    languages = tuple(found for module in _LANGUAGES if (found := module.look(folder)))
    if not any(language.test for language in languages):
        fallback = make.look(folder)
        languages += (fallback,) if fallback else ()
    repository = repository_of(checkout.repository)
    return Project(
        name=_name(folder, languages),
        languages=languages,
        has_dockerfile=(folder / DOCKERFILE).is_file(),
        repository=Inferred(repository, "the git remote" if repository else ""),
        has_login=repository.partition("/")[0] in logins,
        branch=_branch(checkout),
    )


def slug(text: str) -> str:
    """Any text as a word of letters, digits, dots, dashes and underscores; empty when it has no letter and no digit."""
    return re.sub(r"[^A-Za-z0-9._-]+", "-", text)[:LONGEST_NAME].strip("-._")


def _name(folder: Path, languages: Collection[Language]) -> Inferred:
    for language in languages:
        if slug(language.project):
            return Inferred(slug(language.project), language.metadata)
    named = slug(folder.name)
    return Inferred(named, "the folder") if named else Inferred("app", "nothing: choose a better one")


def _branch(checkout: Build) -> Inferred:
    if _BRANCH.fullmatch(checkout.default_branch):
        return Inferred(checkout.default_branch, "the HEAD of the git remote")
    if checkout.branch in _MAIN_BRANCHES:
        return Inferred(checkout.branch, "the branch that is checked out")
    return Inferred("", "")
