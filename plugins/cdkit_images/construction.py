"""Having a builder build an image."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from cdkit.api import BuildFailed, Problem, StepContext, WorkFailed
from cdkit_images.build_options import BuildOptions
from cdkit_images.build_progress import BuildProgress
from cdkit_images.build_request import build_request, needs_of
from cdkit_images.content import Lookup
from cdkit_images.labels import creation_time, image_labels
from cdkit_images.logins import Login
from cdkit_images.metadata import read_metadata
from cdkit_images.needs import builder_problems, choose_builder
from cdkit_images.recipe import Recipe


def builder_problems_of(ctx: StepContext, options: BuildOptions, recipe: Recipe) -> Iterator[Problem]:
    """Why no builder here can build it, or the one that was chosen cannot."""
    yield from builder_problems(ctx.images.builders(), options.backend, needs_of(options, recipe))


def construct(ctx: StepContext, options: BuildOptions, login: Login, recipe: Recipe, lookup: Lookup) -> str:
    """Build an image; gives its id.

    Args:
        ctx: the step.
        options: of the step.
        login: for the repository's registry.
        recipe: what it is made from.
        lookup: what is known of it.

    Raises:
        BuildFailed: an instruction failed; the message has its line in the Dockerfile.
        CheckFailed: no builder can build it.
    """
    builder = choose_builder(ctx.images.builders(), options.backend, needs_of(options, recipe))
    epoch = creation_time(ctx.build, ctx.env)
    labels = _labels(ctx, options, recipe, lookup, epoch)
    request = build_request(options, recipe, builder.name, labels=labels, epoch=epoch, path=ctx.path, login=login)
    # The engine's own copy of a base may be older than what the tag stands for.
    request = msgspec.structs.replace(request, pull=options.pull or all(base.served for base in lookup.bases))
    progress = BuildProgress(ctx, recipe)
    ctx.say(f"built by {builder.via}")
    _refuse_triggers(ctx, recipe)
    try:
        image = ctx.images.build(request, on_line=ctx.say, on_step=progress.show, cancellation=ctx.cancellation)
    except BuildFailed as error:
        raise progress.located(error) from error
    # A base image that was not here before has been pulled by now.
    _refuse_triggers(ctx, recipe)
    return image


def _labels(ctx: StepContext, options: BuildOptions, recipe: Recipe, lookup: Lookup, created: int) -> dict[str, str]:
    wanted = recipe.base.reference if recipe.base else ""
    base = next((base for base in lookup.bases if base.reference == wanted), None)
    metadata = read_metadata(recipe.context)
    return {**image_labels(ctx.application, metadata, ctx.build, base, created), **options.labels}


def _refuse_triggers(ctx: StepContext, recipe: Recipe) -> None:
    """Refuse a base image that reads files which nothing in the Dockerfile names: a change of them would go unseen.

    Raises:
        WorkFailed: there is one.
    """
    if recipe.whole_context:
        return
    for image in recipe.images:
        reading = [each for each in ctx.images.triggers(image.reference) if each.upper().startswith(("COPY", "ADD"))]
        if reading:
            raise WorkFailed(
                f"The base image {image.reference} reads the build context by itself (ONBUILD {reading[0]}).",
                remedy="Set `whole_context: true`, so that every file of the context counts.",
            )
