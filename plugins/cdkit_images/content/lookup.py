"""Whether an image has to be built: by what it would be made of, and by what registries and the engine have already."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import Literal
from weakref import WeakKeyDictionary

import msgspec

from cdkit.api import AccessDenied, ImageReference, RegistryUnreachable, StepContext
from cdkit_images.build_options import BuildOptions
from cdkit_images.content.bases import Base, find_bases
from cdkit_images.content.fingerprint import Fingerprint
from cdkit_images.content.memory import Memory
from cdkit_images.content.reading import read_fingerprint
from cdkit_images.context import ContextFolder
from cdkit_images.logins import Login
from cdkit_images.recipe import Recipe

Keeper = Literal["registry", "engine", ""]


class Lookup(msgspec.Struct, frozen=True):
    """What is known of an image before it is built.

    Attributes:
        reference: its name: repository and content tag.
        fingerprint: what it is made of.
        bases: the images that it begins with or copies from.
        memory: what is remembered of it.
        keeper: who has it already; empty when it must be built.
        image_id: its id, where somebody has it.
    """

    reference: str
    fingerprint: Fingerprint
    bases: tuple[Base, ...]
    memory: Memory
    keeper: Keeper = ""
    image_id: str = ""


MOST_REASONS = 10


class _Answer(msgspec.Struct, frozen=True):
    """What a check found to be served, and the options that it had."""

    options: BuildOptions
    lookup: Lookup


class _Asked(msgspec.Struct):
    """What a run has asked already, so that all its steps ask once.

    Attributes:
        bases: the base images by reference.
        served: the ids of images that a registry serves, by reference. What it does not serve is asked for again.
    """

    bases: dict[str, Base] = {}
    served: dict[str, str] = {}


_asked: WeakKeyDictionary[object, _Asked] = WeakKeyDictionary()
_lock = threading.Lock()


def look_up(
    ctx: StepContext,
    recipe: Recipe,
    folders: Sequence[ContextFolder],
    repository: str,
    *,
    args: Mapping[str, str],
    labels: Mapping[str, str],
    login: Login,
    salt: str = "",
) -> Lookup:
    """Find out what an image would be made of, and whether a registry serves it already. The engine is not asked.

    Args:
        ctx: the step.
        recipe: what the build is made from.
        folders: what of the context it can see.
        repository: the image's name without a tag.
        args: the build arguments.
        labels: the labels that the user gives it.
        login: for the repository's registry.
        salt: makes it another image than all others, where it is to be built in any case.

    Raises:
        InvalidInput: a file cannot be read.
        ObjectNotFound, RegistryUnreachable, AccessDenied: a base image cannot be asked for.
    """
    asked = _asked_in(ctx)
    memory = Memory(ctx.memory("images"), recipe.context, repository, str(recipe.path), recipe.target)
    cache = memory.context()
    bases = find_bases(ctx, [image.reference for image in recipe.images], login, asked.bases)
    settings = {"a build without any cache": salt} if salt else {}
    fingerprint = read_fingerprint(
        recipe, folders, ctx.cancellation, args=args, labels=labels, bases=bases, settings=settings, cache=cache
    )
    cache.save()
    reference = str(ImageReference(repository, fingerprint.tag))
    image_id = asked.served.get(reference) or _served(ctx, reference, login) or ""
    if image_id:
        asked.served[reference] = image_id
    return Lookup(reference, fingerprint, tuple(bases), memory, "registry" if image_id else "", image_id)


def remember_answer(ctx: StepContext, options: BuildOptions, lookup: Lookup) -> None:
    """Remember what a check found, for when its step is run."""
    if lookup.keeper:
        ctx.keep(_Answer(options, lookup))


def answer_of_check(ctx: StepContext, options: BuildOptions) -> Lookup | None:
    """The image that the step's check found to be served; None when there was none, or things may have changed since.

    To look at all files of a context twice takes long, and only other steps of the run write files that a build reads.
    """
    answer = ctx.kept(_Answer)
    return answer.lookup if answer is not None and answer.options == options else None


def told_reasons(lookup: Lookup) -> list[str]:
    """Why an image has to be built, a line each: what makes it another one than the last that was built here."""
    last = lookup.memory.last()
    if last is None:
        return ["nothing is known here of an earlier build"]
    reasons = lookup.fingerprint.differences(last) or ["the last image is gone from the registry and the engine"]
    rest = len(reasons) - MOST_REASONS
    return [*reasons[:MOST_REASONS], *([f"and {rest} more"] if rest > 0 else [])]


def on_engine(ctx: StepContext, lookup: Lookup) -> Lookup:
    """The same, with the engine asked too for an image that no registry serves.

    Raises:
        EngineUnreachable: the engine does not answer.
    """
    own = None if lookup.keeper else ctx.images.image_id(lookup.reference)
    return msgspec.structs.replace(lookup, keeper="engine", image_id=own) if own else lookup


def _asked_in(ctx: StepContext) -> _Asked:
    """What the run has asked already."""
    with _lock:
        return _asked.setdefault(ctx.run, _Asked())


def _served(ctx: StepContext, reference: str, login: Login) -> str | None:
    """The id of the image that a registry serves. One that cannot be asked keeps no image from being built."""
    if "/" not in reference:
        # A name for this engine only; Docker Hub would take it for one of its own images.
        return None
    try:
        return ctx.registry.image_id(reference, credentials=login.of(reference), cancellation=ctx.cancellation)
    except (AccessDenied, RegistryUnreachable) as error:
        ctx.warn(f"{error.message} So it is not known whether the image is there already.")
        return None
