"""`build-image`: from a Dockerfile to an image that is named by its content."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

from msgspec import Meta

from cdkit.api import (
    BuildFailed,
    CdkitError,
    Change,
    CheckFailed,
    ImageReference,
    InvalidInput,
    Problem,
    Step,
    StepContext,
    StepOutputs,
    WorkFailed,
)
from cdkit_images.build_options import BuildOptions
from cdkit_images.build_progress import BuildProgress
from cdkit_images.build_request import build_request, needs_of
from cdkit_images.content_tag import TAG_LENGTH
from cdkit_images.labels import Base, creation_time, image_labels
from cdkit_images.leaks import find_leaks, leak_problems
from cdkit_images.metadata import read_metadata
from cdkit_images.needs import builder_problems, choose_builder
from cdkit_images.recipe import Recipe, read_recipe
from cdkit_images.tags import Tagging, name_tags, parse_rule


class BuildImage(Step):
    """Build an image, and name it by what it contains."""

    name = "build-image"

    class Options(BuildOptions, frozen=True, kw_only=True):
        """What to build, and with what."""

    class Outputs(StepOutputs, frozen=True, kw_only=True):
        """The image."""

        image: Annotated[str, Meta(description="Repository and content tag.")]
        id: Annotated[str, Meta(description="The image's id: the digest of its configuration.")]
        tags: Annotated[list[str], Meta(description="Further tags, for push-to-registry, by the rules in `tags`.")]

    options: Options

    def check(self, ctx: StepContext) -> Iterable[Problem]:
        """The name is one, the files are there, nothing secret would stay in the image, and a builder can build it."""
        yield from self._naming_problems(ctx)
        missing = list(self._missing_files(ctx))
        yield from missing
        if missing:
            return
        try:
            recipe = self._recipe(ctx)
            yield from self._leak_problems(recipe)
        except InvalidInput as error:
            yield from error.problems or (Problem(error.message, None, error.remedy),)
            return
        yield from builder_problems(ctx.images.builders(), self.options.backend, needs_of(self.options, recipe))

    def plan(self, ctx: StepContext) -> Iterable[Change]:
        """The image that would be built."""
        arguments = (f"--build-arg {name}={value}" for name, value in self.options.args.items())
        tags = (f"tag {name}" for name in self._tagging(ctx).names)
        where = f"from {self._shown_dockerfile(ctx)}"
        return [Change("build", f"{self.options.repository}:<content>", where, (*arguments, *tags))]

    def run(self, ctx: StepContext) -> Outputs:
        """Build it, and tag it with the first digits of its id.

        The id is the digest of the image's configuration, which lists the digests of its layers: an image that is
        built again from the same cache gets the same tag, and other content gets another one.

        Raises:
            BuildFailed: an instruction failed; the message has its line in the Dockerfile.
            CheckFailed: something secret would stay in the image, or no builder can build it.
        """
        recipe = self._recipe(ctx)
        # Earlier steps may have written files since the check.
        _refuse(self._leak_problems(recipe))
        tagging = self._tagging(ctx)
        for remark in tagging.remarks:
            ctx.say(remark)
        image_id = self._build(ctx, recipe)
        tag = image_id.removeprefix("sha256:")[:TAG_LENGTH]
        reference = str(ImageReference(self.options.repository, tag))
        ctx.images.tag(image_id, reference)
        return self.Outputs(image=reference, id=image_id, tags=list(tagging.names))

    def _build(self, ctx: StepContext, recipe: Recipe) -> str:
        options = self.options
        builder = choose_builder(ctx.images.builders(), options.backend, needs_of(options, recipe))
        epoch = creation_time(ctx.build, ctx.env)
        request = build_request(
            options, recipe, builder.name, labels=self._labels(ctx, recipe, epoch), epoch=epoch, path=ctx.path
        )
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

    def _labels(self, ctx: StepContext, recipe: Recipe, created: int) -> dict[str, str]:
        base = Base(recipe.base.reference, _digest(ctx, recipe.base.reference)) if recipe.base else None
        metadata = read_metadata(recipe.context)
        return {**image_labels(ctx.application, metadata, ctx.build, base, created), **self.options.labels}

    def _tagging(self, ctx: StepContext) -> Tagging:
        rules = [parse_rule(rule) for rule in self.options.tags]
        return name_tags(rules, ctx.build, self.options.flavor, ctx.clock.now()) if rules else Tagging()

    def _naming_problems(self, ctx: StepContext) -> Iterator[Problem]:
        reference = ImageReference.parse(self.options.repository)
        if "repository" not in ctx.pending and (reference.tag or reference.digest):
            remedy = f"Write {reference.repository}: the tag comes from the content."
            message = f"The repository of {ctx.step!r} has a tag or a digest: {self.options.repository}"
            yield Problem(message, None, remedy)
        if "tags" not in ctx.pending:
            try:
                self._tagging(ctx)
            except InvalidInput as error:
                yield Problem(error.message, None, error.remedy)

    def _missing_files(self, ctx: StepContext) -> Iterator[Problem]:
        options = self.options
        if not ctx.path(options.context).is_dir():
            yield Problem(f"The build context of {ctx.step!r} does not exist: {options.context}")
        elif not self._dockerfile(ctx).is_file():
            yield Problem(f"The Dockerfile of {ctx.step!r} does not exist: {self._shown_dockerfile(ctx)}")
        for name, path in options.secret_files.items():
            if "secret_files" not in ctx.pending and not ctx.path(path).is_file():
                yield Problem(f"The file with the secret {name!r} of {ctx.step!r} does not exist: {path}")
        if "default" in options.ssh and not ctx.env.get("SSH_AUTH_SOCK"):
            remedy = "Start one (`eval $(ssh-agent)`, `ssh-add`), or name a key: `ssh: [default=path]`."
            yield Problem(f"`ssh: [default]` of {ctx.step!r} needs an SSH agent, and none runs here.", None, remedy)

    def _recipe(self, ctx: StepContext) -> Recipe:
        options = self.options
        return read_recipe(
            ctx.path(options.context),
            self._dockerfile(ctx),
            shown=self._shown_dockerfile(ctx),
            args=options.args,
            target=options.target,
            platforms=options.platforms,
            whole_context=options.whole_context,
        )

    def _leak_problems(self, recipe: Recipe) -> Iterator[Problem]:
        leaks = find_leaks(recipe.context, recipe.visible(), recipe.dockerfile, self.options.args)
        return leak_problems(leaks, self.options.allow_secrets)

    def _dockerfile(self, ctx: StepContext) -> Path:
        options = self.options
        return ctx.path(options.dockerfile) if options.dockerfile else ctx.path(options.context) / "Dockerfile"

    def _shown_dockerfile(self, ctx: StepContext) -> str:
        path = self._dockerfile(ctx)
        return str(path.relative_to(ctx.workspace)) if path.is_relative_to(ctx.workspace) else str(path)


def _refuse(problems: Iterable[Problem]) -> None:
    """Stop a run for what a check would have found.

    Raises:
        CheckFailed: there is a problem.
    """
    found = list(problems)
    if found:
        raise CheckFailed(found[0].message, remedy=found[0].remedy, evidence=[str(problem) for problem in found])


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


def _digest(ctx: StepContext, reference: str) -> str:
    """By which digest a base image is served. A registry that cannot say so keeps no image from being built."""
    try:
        return ImageReference.parse(reference).digest or ctx.registry.digest(reference) or ""
    except CdkitError:
        return ""
