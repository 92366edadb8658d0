"""`push-to-registry`: from an image on the engine to a digest that the registry serves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from msgspec import Meta

from cdkit.api import Change, ImageReference, Problem, Step, StepContext, StepOptions, StepOutputs
from cdkit_images.logins import Login, Password
from cdkit_images.publish.options import Floating, Overwrite


class PushToRegistry(Step):
    """Push an image, and give back the digest that the registry now serves."""

    name = "push-to-registry"

    class Options(StepOptions, frozen=True, kw_only=True):
        """What to push, and as whom."""

        image: Annotated[str, Meta(min_length=1, description="The image to push, as build-image gave it.")]
        tags: Annotated[list[str], Meta(description="Further tags of the same repository that get the image too.")] = []
        references: Annotated[
            list[str], Meta(description="Further names that get the image too, also in other registries.")
        ] = []
        floating: Floating = []
        overwrite: Overwrite = False
        username: Annotated[
            str,
            Meta(description="The login for the image's registry; Docker's own configuration serves when left out."),
        ] = ""
        password: Password = ""

    class Outputs(StepOutputs, frozen=True, kw_only=True):
        """The image as the registry serves it."""

        image: Annotated[str, Meta(description="Repository and digest: what to deploy.")]
        digest: Annotated[str, Meta(description="The digest of the manifest: `sha256:...`.")]

    options: Options

    def check(self, ctx: StepContext) -> Iterable[Problem]:
        """The login is whole, and the registry answers, where it is known already."""
        yield from self._login().check(ctx.step)
        if "image" not in ctx.pending and "password" not in ctx.pending:
            ctx.registry.digest(self.options.image, credentials=self._login().of(self.options.image))

    def plan(self, ctx: StepContext) -> Iterable[Change]:
        """The references that would be pushed."""
        if ctx.pending & {"image", "tags", "references", "password"}:
            return [Change("push", f"the image {reference}") for reference in self._references()]
        return [self._change(ctx, reference) for reference in self._references()]

    def run(self, ctx: StepContext) -> Outputs:
        """Push what the registries do not serve yet, and ask them what they serve afterwards.

        Raises:
            ObjectConflict: a tag that may not be moved serves another image.
        """
        from cdkit_images.publish.destinations import Destinations
        from cdkit_images.publish.floating import TagPolicy
        from cdkit_images.publish.primary import Primary

        options, login = self.options, self._login()
        references = self._references()
        policy = TagPolicy(ctx, references, options.floating, overwrite=options.overwrite)
        primary = Primary(ctx, references[0], login, policy)
        further = Destinations(ctx, references[1:], login, policy)

        digest = primary.digest_to_keep()
        further.require_free(digest, lambda: primary.built)
        if digest:
            ctx.say(f"{primary.reference} is served already as {digest}")
        else:
            digest = primary.push()
        further.receive(primary.reference, digest, login)
        repository = ImageReference.parse(primary.reference).repository
        return self.Outputs(image=str(ImageReference(repository, digest=digest)), digest=digest)

    def _references(self) -> list[str]:
        options, repository = self.options, ImageReference.parse(self.options.image).repository
        tagged = [str(ImageReference(repository, tag)) for tag in options.tags]
        return list(dict.fromkeys([options.image, *tagged, *options.references]))

    def _login(self) -> Login:
        options = self.options
        return Login(options.image, options.username, options.password)

    def _change(self, ctx: StepContext, reference: str) -> Change:
        served = ctx.registry.digest(reference, credentials=self._login().of(reference))
        now = f"the registry serves {served} now" if served else "the registry has no such tag"
        return Change("push", reference, now)
