"""Reading all that an image is made of."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path

from cdkit.api import Cancellation, InvalidInput
from cdkit_images.content.bases import Base
from cdkit_images.content.file_digests import file_digests
from cdkit_images.content.fingerprint import Fingerprint
from cdkit_images.content.git_folder import FOLDER, git_facts
from cdkit_images.content.stat_cache import StatCache, legible
from cdkit_images.context import ContextEntry
from cdkit_images.recipe import Recipe

FILE_BITS = 0o7755
"""Modes count but for the right to write of the group and of others, which is where the umasks of two clones differ."""
FOLDER_BITS = 0o755
"""Of a folder neither the bits that it inherits from the one above."""


def read_fingerprint(
    recipe: Recipe,
    entries: Sequence[ContextEntry],
    cancellation: Cancellation,
    *,
    args: Mapping[str, str],
    labels: Mapping[str, str],
    bases: Sequence[Base],
    settings: Mapping[str, str],
    cache: StatCache,
) -> Fingerprint:
    """Everything that can change an image.

    Args:
        recipe: what the build is made from.
        entries: what of the context it can see.
        args: the build arguments.
        labels: the labels that the user gives it; those that cdkit gives say where an image comes from, and not what
            is in it.
        bases: the images that the build begins with or copies from.
        settings: what else counts, by a name for a person.
        cache: what is known of the files.
        cancellation: ends the reading.

    Raises:
        InvalidInput: a file cannot be read.
    """
    files = read_files(recipe.context, entries, cache, cancellation)
    counted = {
        **settings,
        "the Dockerfile": _digest(recipe.path.read_bytes()),
        "the target": recipe.target,
        "the platforms": ", ".join(sorted(recipe.platforms)),
        **{f"build argument {name}": _digest(value.encode()) for name, value in args.items()},
        **{f"label {name}": _digest(value.encode()) for name, value in labels.items()},
        **{f"base image {base.reference}": base.digest for base in bases},
    }
    return Fingerprint(counted, files)


def read_files(
    context: Path, entries: Sequence[ContextEntry], cache: StatCache, cancellation: Cancellation
) -> dict[str, str]:
    """What the files, folders and links of a context are, by path.

    Raises:
        InvalidInput: one cannot be read.
    """
    facts = git_facts(context) if any(entry.path == FOLDER for entry in entries) else None
    if facts is not None:
        entries = [entry for entry in entries if entry.path.partition("/")[0] != FOLDER]
    digests = file_digests(context, [entry for entry in entries if entry.kind == "file"], cache, cancellation)
    described = {legible(entry.path): _described(context, entry, digests) for entry in entries}
    return described | {f"{FOLDER} ({name})": f"git - {value}" for name, value in (facts or {}).items()}


def _described(context: Path, entry: ContextEntry, digests: Mapping[str, bytes]) -> str:
    mode = stat.S_IMODE(entry.stat.st_mode)
    if entry.kind == "file":
        return f"file {mode & FILE_BITS:o} {digests[entry.path].hex()}"
    if entry.kind == "folder":
        return f"folder {mode & FOLDER_BITS:o} -"
    return f"link - {_digest(_link_target(context / entry.path, entry.path))}"


def _link_target(path: Path, shown: str) -> bytes:
    try:
        return os.fsencode(path.readlink())
    except OSError as error:
        raise InvalidInput(f"The link {shown} in the build context cannot be read: {error.strerror}.") from error


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()
