"""Reading all that an image is made of."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

from cdkit.api import Cancellation
from cdkit_images.content.bases import Base
from cdkit_images.content.fingerprint import Fingerprint
from cdkit_images.content.folder_cache import FolderCache
from cdkit_images.content.folder_facts import read_folders
from cdkit_images.context import ContextFolder
from cdkit_images.recipe import Recipe


def read_fingerprint(
    recipe: Recipe,
    folders: Sequence[ContextFolder],
    cancellation: Cancellation,
    *,
    args: Mapping[str, str],
    labels: Mapping[str, str],
    bases: Sequence[Base],
    settings: Mapping[str, str],
    cache: FolderCache,
) -> Fingerprint:
    """Everything that can change an image.

    Args:
        recipe: what the build is made from.
        folders: what of the context it can see.
        args: the build arguments.
        labels: the labels that the user gives it; those that cdkit gives say where an image comes from, and not what
            is in it.
        bases: the images that the build begins with or copies from.
        settings: what else counts, by a name for a person.
        cache: what is known of the context.
        cancellation: ends the reading.

    Raises:
        InvalidInput: a file cannot be read.
    """
    counted = {
        **settings,
        "the Dockerfile": _digest(recipe.path.read_bytes()),
        "the target": recipe.target,
        "the platforms": ", ".join(sorted(recipe.platforms)),
        **{f"build argument {name}": _digest(value.encode()) for name, value in args.items()},
        **{f"label {name}": _digest(value.encode()) for name, value in labels.items()},
        **{f"base image {base.reference}": base.digest for base in bases},
    }
    return Fingerprint(counted, read_folders(recipe.context, folders, cache, cancellation))


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()
