"""`generate-manifests`: Kubernetes objects from a project's own metadata.

Every command loads the steps: what makes the manifests is imported when they are made.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from msgspec import Meta

from cdkit.api import Change, InvalidInput, Problem, Step, StepContext, StepOutputs
from cdkit_manifests.options import GenerateOptions


class GenerateManifests(Step):
    """Generate Kubernetes manifests from the metadata that the project keeps anyway."""

    name = "generate-manifests"

    class Options(GenerateOptions, frozen=True, kw_only=True):
        """What the metadata cannot say, or what shall differ from it."""

    class Outputs(StepOutputs, frozen=True, kw_only=True):
        """The manifests."""

        path: Annotated[str, Meta(description="The file or folder that holds the manifests.")]
        name: Annotated[str, Meta(description="The name of the application's objects.")]
        objects: Annotated[list[str], Meta(description="The objects, as KIND/NAME, in the order to apply them.")]

    options: Options

    def check(self, ctx: StepContext) -> Iterable[Problem]:
        """The metadata say enough, the manifests are right, and what is in the cluster already can become them."""
        from cdkit_manifests.live import selector_problems
        from cdkit_manifests.making import make
        from cdkit_manifests.writers.writer import files_of

        if not ctx.path(self.options.project).is_dir():
            yield Problem(f"The project folder of {ctx.step!r} does not exist: {self.options.project}")
            return
        try:
            made = make(self.options, ctx)
            files_of(made.finished.bundle, self.options.format)
        except InvalidInput as error:
            yield from error.problems or [Problem(error.message, None, error.remedy)]
            return
        yield from made.finished.problems
        yield from selector_problems(ctx, made.draft)

    def plan(self, ctx: StepContext) -> Iterable[Change]:
        """The objects, and which fact came from where."""
        from cdkit_manifests.making import make

        made = make(self.options, ctx)
        facts = tuple(str(fact) for fact in made.wish.project.facts.values())
        names = ", ".join(f"{item['kind']} {item['metadata']['name']}" for item in made.finished.bundle.objects)
        return [Change("write", names, details=facts)]

    def run(self, ctx: StepContext) -> Outputs:
        """Write the manifests.

        Raises:
            InvalidInput: no manifests can be made of what the project says, or they would be wrong.
        """
        from cdkit_manifests.making import make, told
        from cdkit_manifests.writers.write import DEFAULT_NAMES, write_bundle

        made = make(self.options, ctx)
        bundle, problems = made.finished.bundle, made.finished.problems
        if problems:
            raise InvalidInput(f"The manifests of {bundle.name} would be wrong.", problems=problems)
        for line in told(self.options, ctx, made):
            ctx.say(line)
        for warning in made.finished.warnings:
            ctx.warn(warning)
        default = ctx.artifact(DEFAULT_NAMES[self.options.format])
        path = ctx.path(self.options.output) if self.options.output else default
        for name in write_bundle(bundle, self.options.format, path):
            ctx.say(f"removed {name}, which an earlier generation had made")
        objects = [f"{item['kind'].lower()}/{item['metadata']['name']}" for item in bundle.objects]
        return self.Outputs(path=str(path), name=bundle.name, objects=objects)
