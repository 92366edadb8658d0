"""From the options of a step to what an engine is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from cdkit.api import BuilderName, BuildRequest, BuildSecret
from cdkit_images.build_options import BuildOptions
from cdkit_images.logins import Login
from cdkit_images.needs import Need, dockerfile_needs, option_needs
from cdkit_images.recipe import Recipe

EPOCH = "SOURCE_DATE_EPOCH"


def needs_of(options: BuildOptions, recipe: Recipe) -> list[Need]:
    """What a builder must be able to do."""
    of_options = option_needs(
        platforms=options.platforms,
        network=options.network,
        ssh=options.ssh,
        secrets=[*options.secrets, *options.secret_files],
        cache_from=options.cache_from,
        cache_to=options.cache_to,
    )
    return [*of_options, *dockerfile_needs(recipe.dockerfile)]


def build_request(
    options: BuildOptions,
    recipe: Recipe,
    builder: BuilderName,
    *,
    labels: Mapping[str, str],
    epoch: int,
    path: Callable[[str], Path],
    login: Login,
) -> BuildRequest:
    """What the engine is asked for.

    Args:
        options: of the step.
        recipe: what they mean.
        builder: who builds.
        labels: all labels of the image.
        epoch: when it counts as made.
        path: makes a path of the workspace absolute.
        login: for the repository's registry.
    """
    return BuildRequest(
        builder=builder,
        context=str(recipe.context),
        dockerfile=str(recipe.path),
        files=tuple(entry.path for entry in recipe.sent()) if builder == "classic" else None,
        ignore=recipe.rules.text,
        args={**_declared_epoch(recipe, epoch), **options.args},
        labels=dict(labels),
        target=options.target,
        platforms=tuple(options.platforms),
        pull=options.pull,
        no_cache=options.no_cache,
        cache_from=tuple(map(_image, options.cache_from)),
        cache_to=tuple(options.cache_to),
        secrets=(
            *(BuildSecret(id=name, value=value) for name, value in options.secrets.items()),
            *(BuildSecret(id=name, file=str(path(file))) for name, file in options.secret_files.items()),
        ),
        ssh=tuple(options.ssh),
        network=options.network,
        extra_hosts=options.extra_hosts,
        epoch=epoch,
        logins=login.by_registry(),
    )


def _declared_epoch(recipe: Recipe, epoch: int) -> dict[str, str]:
    """SOURCE_DATE_EPOCH for a Dockerfile that asks for it: any builder hands on what an ARG declares."""
    declared = any(
        each.keyword == "ARG" and each.text.partition("=")[0].strip() == EPOCH
        for each in recipe.dockerfile.instructions
    )
    return {EPOCH: str(epoch)} if declared and epoch else {}


def _image(source: str) -> str:
    """An image that is written as `type=registry,ref=NAME`, by its name: every builder knows that."""
    fields = dict(field.partition("=")[::2] for field in source.split(","))
    return fields["ref"] if fields.keys() == {"type", "ref"} and fields["type"] == "registry" else source
