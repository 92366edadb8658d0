"""What one instruction reads: paths of the context, and files of images or other stages."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from cdkit_images.dockerfile.instructions import Instruction, is_heredoc
from cdkit_images.dockerfile.scope import Scope, UnknownValue

_REMOTE = re.compile(r"(https?|git|ssh)://|git@", re.IGNORECASE)

EVERYTHING = "."
"""The path that stands for the whole context."""


class ContextSource(msgspec.Struct, frozen=True):
    """A path of the context that a build reads.

    Attributes:
        path: relative to the context, `/` between its parts; may hold `*`, `?` and `[...]`. `.` is all of it.
        line: the line that reads it.
    """

    path: str
    line: int


class Origin(msgspec.Struct, frozen=True):
    """Where an instruction reads from.

    Attributes:
        source: a stage or an image; empty for the context.
        path: what it reads there, for the context.
        line: the instruction's.
    """

    source: str
    path: str
    line: int


def origins_of(instruction: Instruction, scope: Scope) -> list[Origin]:
    """What an instruction reads that is not in its stage already."""
    if instruction.keyword in {"COPY", "ADD"}:
        return _copied(instruction, scope)
    if instruction.keyword == "RUN":
        mounts = [flag.removeprefix("--mount=") for flag in instruction.flags if flag.startswith("--mount=")]
        return [origin for mount in mounts for origin in _mounted(mount, instruction, scope)]
    return []


def remote_sources(instruction: Instruction) -> list[str]:
    """The URLs and git repositories that an ADD fetches."""
    return [word for word in instruction.words()[:-1] if _REMOTE.match(word)] if instruction.keyword == "ADD" else []


def _copied(instruction: Instruction, scope: Scope) -> list[Origin]:
    if source := instruction.flag("from"):
        return [Origin(source, "", instruction.line)]
    words = [word for word in instruction.words()[:-1] if not is_heredoc(word)]
    paths = _paths(words, instruction, scope)
    return [Origin("", path, instruction.line) for path in paths if not _is_remote(path, instruction)]


def _is_remote(path: str, instruction: Instruction) -> bool:
    return instruction.keyword == "ADD" and _REMOTE.match(path) is not None


def _mounted(mount: str, instruction: Instruction, scope: Scope) -> list[Origin]:
    """https://docs.docker.com/reference/dockerfile/#run---mount: the type is `bind` where none is given."""
    fields = dict(_field(each) for each in mount.split(","))
    if source := fields.get("from", ""):
        return [Origin(source, "", instruction.line)]
    if fields.get("type", "bind") != "bind":
        return []
    path = fields.get("source") or fields.get("src") or "/"
    return [Origin("", each, instruction.line) for each in _paths([path], instruction, scope)]


def _field(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name.strip().lower(), value


def _paths(words: Iterable[str], instruction: Instruction, scope: Scope) -> list[str]:
    """Words with their variables replaced; where a value is not known, it may be any path."""
    try:
        return [scope.expand(word, instruction) for word in words]
    except UnknownValue:
        return [EVERYTHING]
