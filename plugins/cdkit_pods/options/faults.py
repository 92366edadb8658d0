"""What can be wrong with single values of the options."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from cdkit.api import Fault
from cdkit_pods.options.part import Command, words_of

Place = TypeVar("Place")

LABEL = r"^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$(?!\n)"
"""A DNS label (RFC 1123): what a container may be called."""

VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
"""What Kubernetes takes for the name of an environment variable, but for names that begin with a dot or a dash."""

_OF_THE_IMAGE = frozenset({"/bin", "/etc", "/lib", "/lib64", "/sbin", "/usr", "/usr/bin", "/usr/lib"})


def pattern_faults(pattern: str, *path: str) -> Iterable[Fault]:
    """What is wrong with a regular expression at a place."""
    if not pattern:
        return
    import regex

    try:
        regex.compile(pattern)
    except regex.error as error:
        yield Fault(path, f"{pattern!r} is no regular expression of Python: {error}.")


def command_faults(command: Command, *path: str | int, may_be_empty: bool = False) -> Iterable[Fault]:
    """What is wrong with a command at a place."""
    try:
        words = words_of(command)
    except ValueError:
        yield Fault(path, f"A quotation mark of {command!r} is never closed.", "Write the command as a list.")
        return
    if (words or not may_be_empty) and not (words and words[0]):
        yield Fault(path, "A command names a program.")


def env_faults(env: Mapping[str, str]) -> Iterable[Fault]:
    """Names under `env` that no program could read."""
    for name, value in env.items():
        if not VARIABLE.fullmatch(name):
            yield Fault(("env", name), f"{name!r} is no name of an environment variable.")
        if "\0" in value:
            yield Fault(("env", name), f"The environment variable {name!r} cannot hold a NUL character.")


def mount_faults(mounts: Mapping[str, str]) -> Iterable[Fault]:
    """Paths under `mounts` at which nothing can be mounted."""
    for name, path in mounts.items():
        message = folder_fault(path)
        if message:
            yield Fault(("mounts", name), message)


def folder_fault(path: str) -> str:
    """Why a folder of a container cannot be a volume; empty when it can."""
    if not path.startswith("/") or path != _normal(path):
        return f"{path!r} is no absolute path of a folder such as /data."
    reserved = next((own for own in ("/.cdkit", "/cdkit", "/proc", "/sys", "/dev") if _is_within(path, own)), None)
    if path == "/" or reserved:
        return f"{path!r} cannot be a volume: {reserved or 'it'} is needed for other things."
    if path in _OF_THE_IMAGE:
        return f"{path!r} cannot be a volume: it would hide the programs of the image."
    return "':' stands in no path of a container." if ":" in path else ""


def overlap(places: Iterable[tuple[str, Place]]) -> Iterator[tuple[tuple[str, Place], tuple[str, Place]]]:
    """Pairs of folders that are the same, or of which the second is within the first; each with where it stands."""
    ordered = sorted(places, key=lambda place: place[0])
    for index, outer in enumerate(ordered):
        yield from ((outer, inner) for inner in ordered[index + 1 :] if _is_within(inner[0], outer[0]))


def _is_within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")


def _normal(path: str) -> str:
    return posixpath.normpath(path.removesuffix("/")) if path != "/" else "/"
