"""`build-image`: from a Dockerfile to an image that is named by its content."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

from msgspec import Meta

from cdkit.api import BuildRequest, Change, ImageReference, Problem, Step, StepContext, StepOptions, StepOutputs

TAG_LENGTH = 16
"""Hexadecimal digits of the content tag: 64 bits, so that two images of one repository never share one by chance."""


class BuildImage(Step):
    """Build an image, and name it by what it contains."""

    name = "build-image"

    class Options(StepOptions, frozen=True, kw_only=True):
        """What to build."""

        repository: Annotated[
            str,
            Meta(min_length=1, description="The image's name without a tag: registry, if any, and path."),
        ]
        context: Annotated[str, Meta(description="The folder that the Dockerfile can see.")] = "."
        dockerfile: Annotated[str, Meta(description="The Dockerfile; `Dockerfile` in the context when left out.")] = ""
        target: Annotated[str, Meta(description="The stage to build; the last one when left out.")] = ""
        args: Annotated[dict[str, str], Meta(description="Build arguments. They stay readable in the image.")] = {}
        labels: Annotated[dict[str, str], Meta(description="Labels for the image.")] = {}
        pull: Annotated[bool, Meta(description="Ask for a newer base image also where one is present.")] = False

    class Outputs(StepOutputs, frozen=True, kw_only=True):
        """The image."""

        image: Annotated[str, Meta(description="Repository and content tag.")]
        id: Annotated[str, Meta(description="The image's id: the digest of its configuration.")]

    options: Options

    def check(self, ctx: StepContext) -> Iterable[Problem]:
        """The files are there, the name is one, and the engine answers."""
        options = self.options
        if not ctx.path(options.context).is_dir():
            yield Problem(f"The build context of {ctx.step!r} does not exist: {options.context}")
        elif not self._dockerfile(ctx).is_file():
            yield Problem(f"The Dockerfile of {ctx.step!r} does not exist: {self._shown_dockerfile(ctx)}")
        reference = ImageReference.parse(options.repository)
        if "repository" not in ctx.pending and (reference.tag or reference.digest):
            remedy = f"Write {reference.repository}: the tag comes from the content."
            yield Problem(f"The repository of {ctx.step!r} has a tag or a digest: {options.repository}", None, remedy)
        ctx.images.ping()

    def plan(self, ctx: StepContext) -> Iterable[Change]:
        """The image that would be built."""
        details = tuple(f"--build-arg {name}={value}" for name, value in self.options.args.items())
        where = f"from {self._shown_dockerfile(ctx)}"
        return [Change("build", f"{self.options.repository}:<content>", where, details)]

    def run(self, ctx: StepContext) -> Outputs:
        """Build it, and tag it with the first digits of its id.

        The id is the digest of the image's configuration, which lists the digests of its layers: an image that is
        built again from the same cache gets the same tag, and other content gets another one.
        """
        options = self.options
        request = BuildRequest(
            context=str(ctx.path(options.context)),
            dockerfile=str(self._dockerfile(ctx)),
            args=options.args,
            labels=options.labels,
            target=options.target,
            pull=options.pull,
        )
        image_id = ctx.images.build(request, on_line=ctx.say, on_step=lambda _: None, cancellation=ctx.cancellation)
        tag = image_id.removeprefix("sha256:")[:TAG_LENGTH]
        reference = str(ImageReference(options.repository, tag))
        ctx.images.tag(image_id, reference)
        return self.Outputs(image=reference, id=image_id)

    def _dockerfile(self, ctx: StepContext) -> Path:
        options = self.options
        return ctx.path(options.dockerfile) if options.dockerfile else ctx.path(options.context) / "Dockerfile"

    def _shown_dockerfile(self, ctx: StepContext) -> str:
        path = self._dockerfile(ctx)
        return str(path.relative_to(ctx.workspace)) if path.is_relative_to(ctx.workspace) else str(path)
