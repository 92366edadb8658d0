"""`build-image`: from a Dockerfile to an image that is named by its content."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from cdkit.api import (
    BuildFailed,
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
from cdkit_images.content import Lookup, look_up, on_engine, told_reasons
from cdkit_images.context import ContextEntry
from cdkit_images.labels import creation_time, image_labels
from cdkit_images.leaks import find_leaks, leak_problems
from cdkit_images.metadata import read_metadata
from cdkit_images.needs import builder_problems, choose_builder
from cdkit_images.recipe import Recipe, read_recipe
from cdkit_images.tags import Tagging, name_tags, parse_rule

COUNTED = frozenset({"repository", "context", "dockerfile", "target", "args", "labels", "platforms", "whole_context"})
"""The options that decide about the content tag; it is not known while one of them is not."""


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
            entries = recipe.visible()
            yield from self._leak_problems(recipe, entries)
        except InvalidInput as error:
            yield from error.problems or (Problem(error.message, None, error.remedy),)
            return
        if ctx.pending & COUNTED or not self._look_up(ctx, recipe, entries).keeper:
            yield from builder_problems(ctx.images.builders(), self.options.backend, needs_of(self.options, recipe))

    def plan(self, ctx: StepContext) -> Iterable[Change]:
        """The image that would be built, and why; or that it is there."""
        tags = tuple(f"tag {name}" for name in self._tagging(ctx).names)
        if ctx.pending & COUNTED:
            return [Change("build", f"{self.options.repository}:<content>", self._source(ctx), tags)]
        recipe = self._recipe(ctx)
        lookup = self._look_up(ctx, recipe, recipe.visible())
        if lookup.keeper:
            return [Change("keep", lookup.reference, "the registry serves it already", tags)]
        return [Change("build", lookup.reference, self._source(ctx), (*told_reasons(lookup), *tags))]

    def run(self, ctx: StepContext) -> Outputs:
        """Build it, unless a registry or the engine has it already, and name it by its content tag.

        Raises:
            BuildFailed: an instruction failed; the message has its line in the Dockerfile.
            CheckFailed: something secret would stay in the image, or no builder can build it.
        """
        recipe = self._recipe(ctx)
        entries = recipe.visible()
        # Earlier steps may have written files since the check.
        _refuse(self._leak_problems(recipe, entries))
        tagging = self._tagging(ctx)
        for remark in tagging.remarks:
            ctx.say(remark)
        lookup = on_engine(ctx, self._look_up(ctx, recipe, entries))
        if lookup.keeper:
            ctx.say(f"the {lookup.keeper} has {lookup.reference} already: nothing is built")
        else:
            lookup = self._build(ctx, recipe, lookup)
        lookup.memory.remember(lookup.fingerprint)
        return self.Outputs(image=lookup.reference, id=lookup.image_id, tags=list(tagging.names))

    def _build(self, ctx: StepContext, recipe: Recipe, lookup: Lookup) -> Lookup:
        for reason in told_reasons(lookup):
            ctx.say(reason)
        image_id = self._perform(ctx, recipe, lookup)
        ctx.images.tag(image_id, lookup.reference)
        return msgspec.structs.replace(lookup, keeper="engine", image_id=image_id)

    def _perform(self, ctx: StepContext, recipe: Recipe, lookup: Lookup) -> str:
        options = self.options
        builder = choose_builder(ctx.images.builders(), options.backend, needs_of(options, recipe))
        epoch = creation_time(ctx.build, ctx.env)
        labels = self._labels(ctx, recipe, lookup, epoch)
        request = build_request(options, recipe, builder.name, labels=labels, epoch=epoch, path=ctx.path)
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

    def _look_up(self, ctx: StepContext, recipe: Recipe, entries: Sequence[ContextEntry]) -> Lookup:
        options = self.options
        return look_up(
            ctx,
            recipe,
            entries,
            options.repository,
            args=options.args,
            labels=options.labels,
            salt=ctx.run_id if options.no_cache else "",
        )

    def _labels(self, ctx: StepContext, recipe: Recipe, lookup: Lookup, created: int) -> dict[str, str]:
        wanted = recipe.base.reference if recipe.base else ""
        base = next((base for base in lookup.bases if base.reference == wanted), None)
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

    def _leak_problems(self, recipe: Recipe, entries: Sequence[ContextEntry]) -> Iterator[Problem]:
        leaks = find_leaks(recipe.context, entries, recipe.dockerfile, self.options.args)
        return leak_problems(leaks, self.options.allow_secrets)

    def _dockerfile(self, ctx: StepContext) -> Path:
        options = self.options
        return ctx.path(options.dockerfile) if options.dockerfile else ctx.path(options.context) / "Dockerfile"

    def _source(self, ctx: StepContext) -> str:
        return f"from {self._shown_dockerfile(ctx)}"

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
