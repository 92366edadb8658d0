"""`build-image`: from a Dockerfile to an image that is named by its content."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from msgspec import Meta

from cdkit.api import Change, Problem, Step, StepContext, StepOutputs
from cdkit_images.build_options import BuildOptions


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
        from cdkit_images.building import Building

        return Building(ctx, self.options).problems()

    def plan(self, ctx: StepContext) -> Iterable[Change]:
        """The image that would be built, and why; or that it is there."""
        from cdkit_images.building import Building

        return Building(ctx, self.options).changes()

    def run(self, ctx: StepContext) -> Outputs:
        """Build it, unless a registry or the engine has it already, and name it by its content tag.

        Raises:
            BuildFailed: an instruction failed; the message has its line in the Dockerfile.
            CheckFailed: something secret would stay in the image, or no builder can build it.
        """
        from cdkit_images.building import Building

        built = Building(ctx, self.options).perform()
        return self.Outputs(image=built.reference, id=built.image_id, tags=list(built.tags))
