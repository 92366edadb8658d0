"""The images that a build begins with, or copies from, and their digests."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

import msgspec

from cdkit.api import Cancellation, ImageReference, ObjectNotFound, RegistryUnreachable, StepContext, in_parallel
from cdkit_images.logins import Login

AT_ONCE = 8


class Base(msgspec.Struct, frozen=True):
    """An image that a build begins with, or copies from.

    Attributes:
        reference: its name.
        digest: by which it is served now; the engine's id for one that only the engine has.
        served: whether a registry serves it.
    """

    reference: str
    digest: str
    served: bool = True


def find_bases(ctx: StepContext, references: Iterable[str], login: Login, known: dict[str, Base]) -> list[Base]:
    """The images by their references, each once. One request for each that is not named by its digest.

    Args:
        ctx: the step.
        references: their names.
        login: for the registry of some of them.
        known: what was found before in this run, which is not asked again; gets what is found.

    Raises:
        ObjectNotFound: neither the registry nor the engine has an image.
        RegistryUnreachable, AccessDenied: as their names say.
    """
    wanted = list(dict.fromkeys(references))
    unknown = [reference for reference in wanted if reference not in known]
    found = in_parallel([partial(_find, ctx, reference, login) for reference in unknown], AT_ONCE, ctx.cancellation)
    known.update(zip(unknown, found, strict=True))
    return [known[reference] for reference in wanted]


def _find(ctx: StepContext, reference: str, login: Login, cancellation: Cancellation) -> Base:
    fixed = ImageReference.parse(reference).digest
    if fixed:
        return Base(reference, fixed)
    try:
        served = ctx.registry.digest(reference, credentials=login.of(reference), cancellation=cancellation)
    except RegistryUnreachable as error:
        return _on_engine(ctx, reference, error)
    if served is None:
        return _on_engine(ctx, reference, ObjectNotFound(f"No registry serves the base image {reference}."))
    return Base(reference, served)


def _on_engine(ctx: StepContext, reference: str, error: ObjectNotFound | RegistryUnreachable) -> Base:
    """The engine's own copy: a base may have been built here, or the machine may be offline."""
    own = ctx.images.image_id(reference)
    if own is None:
        raise error
    ctx.warn(f"{error.message} The copy that the engine has counts.")
    return Base(reference, own, served=False)
