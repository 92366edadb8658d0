"""What a build needs of a builder that not every one can do, and choosing the builder."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

import msgspec

from cdkit.api import BuildAbility, Builder, CheckFailed, Position, Problem
from cdkit_images.build_options import Backend
from cdkit_images.dockerfile import Dockerfile, Instruction
from cdkit_images.dockerfile.reads import remote_sources

_BUILDX = "Install docker's buildx plugin, and leave `backend` at `auto`."
_CONTAINER = "Take a builder that can (`docker buildx create --use`), or leave the option out."
_SYNTAX = (
    "Begin the Dockerfile with `# syntax=docker/dockerfile:1` and build with BuildKit, or update the Docker engine to "
    "version 23 or later."
)

REMEDIES: dict[BuildAbility, str] = {
    "cache-export": f"{_CONTAINER} `type=inline` works everywhere.",
    "cache-import": f"{_CONTAINER} An image's own name works everywhere.",
    "copy-link": _SYNTAX,
    "heredocs": _SYNTAX,
    "mounts": _BUILDX,
    "networks": "Take `default`, `host` or `none`, or build with `backend: classic`.",
    "several-platforms": "Give one platform, or turn on the engine's containerd image store.",
    "ssh": _BUILDX,
}

INLINE = "type=inline"
"""The cache that goes into the image itself; images of the classic builder always have it."""

_EVERYWHERE = frozenset({"", "default", "host", "none"})
_MOUNTING = re.compile(r"--(?:mount|network|security|chmod|device)\b")
_LINKING = re.compile(r"--(?:link|parents|exclude|checksum|keep-git-dir|unpack)\b")
_GIT = re.compile(r"git@|ssh://|git://|.*\.git(?:#.*)?$")


class Need(msgspec.Struct, frozen=True):
    """Something that a build needs.

    Attributes:
        ability: what a builder must be able to do.
        what: what needs it, as a person wrote it: `ssh`, `RUN --mount`.
        position: where it stands in the Dockerfile; None for an option.
    """

    ability: BuildAbility
    what: str
    position: Position | None = None


def option_needs(
    platforms: Sequence[str],
    network: str,
    ssh: Sequence[str],
    secrets: Collection[str],
    cache_from: Sequence[str],
    cache_to: Sequence[str],
) -> Iterator[Need]:
    """What the options of a build need."""
    if len(platforms) > 1:
        yield Need("several-platforms", f"platforms: [{', '.join(platforms)}]")
    if network not in _EVERYWHERE:
        yield Need("networks", f"network: {network}")
    if ssh:
        yield Need("ssh", "ssh")
    if secrets:
        yield Need("mounts", "secrets")
    for source in cache_from:
        if "type=" in source and "type=registry" not in source:
            yield Need("cache-import", f"cache_from: {source}")
    for target in cache_to:
        if target != INLINE:
            yield Need("cache-export", f"cache_to: {target}")


def dockerfile_needs(dockerfile: Dockerfile) -> Iterator[Need]:
    """What the instructions need. A `# syntax` directive brings its own parser, which knows all that BuildKit does."""
    brings_parser = "syntax" in dockerfile.directives
    for instruction in dockerfile.instructions:
        position = Position(dockerfile.file, instruction.line, 1)
        for ability, what in _instruction_needs(instruction):
            yield Need("mounts" if brings_parser else ability, what, position)


def _instruction_needs(instruction: Instruction) -> Iterator[tuple[BuildAbility, str]]:
    for flag in instruction.flags:
        name = flag.partition("=")[0]
        if _MOUNTING.match(flag):
            yield "mounts", f"{instruction.keyword} {name}"
        elif _LINKING.match(flag):
            yield "copy-link", f"{instruction.keyword} {name}"
    if instruction.heredocs:
        yield "heredocs", f"{instruction.keyword} <<{instruction.heredocs[0].name}"
    if any(_GIT.match(source) for source in remote_sources(instruction)):
        yield "copy-link", "ADD of a git repository"


def builder_problems(builders: Sequence[Builder], backend: Backend, needs: Sequence[Need]) -> Iterator[Problem]:
    """Why no builder can do it: what the best of those that may be chosen cannot."""
    candidates = _candidates(builders, backend)
    if not candidates:
        yield Problem(
            "`backend: buildkit` needs a Docker client that speaks BuildKit, and there is none.", None, _BUILDX
        )
    elif not any(_can(builder, needs) for builder in candidates):
        for need in needs:
            if need.ability not in candidates[0].abilities:
                message = f"`{need.what}` is more than {candidates[0].via} can do."
                yield Problem(message, need.position, REMEDIES.get(need.ability))


def choose_builder(builders: Sequence[Builder], backend: Backend, needs: Sequence[Need]) -> Builder:
    """The best builder that can do it.

    Raises:
        CheckFailed: none can; `builder_problems` would have said so.
    """
    problems = list(builder_problems(builders, backend, needs))
    if problems:
        raise CheckFailed(problems[0].message, remedy=problems[0].remedy, evidence=[str(each) for each in problems])
    return next(builder for builder in _candidates(builders, backend) if _can(builder, needs))


def _candidates(builders: Sequence[Builder], backend: Backend) -> list[Builder]:
    return [builder for builder in builders if backend in {"auto", builder.name}]


def _can(builder: Builder, needs: Sequence[Need]) -> bool:
    return all(need.ability in builder.abilities for need in needs)
