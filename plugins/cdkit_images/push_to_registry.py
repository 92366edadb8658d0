"""`push-to-registry`: from an image on the engine to a digest that the registry serves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from msgspec import Meta

from cdkit.api import (
    Change,
    Credentials,
    ImageReference,
    Problem,
    RegistryUnreachable,
    Step,
    StepContext,
    StepOptions,
    StepOutputs,
)


class PushToRegistry(Step):
    """Push an image, and give back the digest that the registry now serves."""

    name = "push-to-registry"

    class Options(StepOptions, frozen=True, kw_only=True):
        """What to push, and as whom."""

        image: Annotated[str, Meta(min_length=1, description="The image to push, as build-image gave it.")]
        tags: Annotated[list[str], Meta(description="Further tags of the same repository that get the image too.")] = []
        username: Annotated[str, Meta(description="The login; Docker's own configuration serves when left out.")] = ""
        password: Annotated[str, Meta(description="The login's password; `${{ secrets.NAME }}`.")] = ""

    class Outputs(StepOutputs, frozen=True, kw_only=True):
        """The image as the registry serves it."""

        image: Annotated[str, Meta(description="Repository and digest: what to deploy.")]
        digest: Annotated[str, Meta(description="The digest of the manifest: `sha256:...`.")]

    options: Options

    def check(self, ctx: StepContext) -> Iterable[Problem]:
        """The login is whole, the engine answers, and so does the registry, where it is known already."""
        if bool(self.options.username) != bool(self.options.password):
            yield Problem(f"{ctx.step!r} needs both `username` and `password`, or neither.")
        ctx.images.ping()
        if "image" not in ctx.pending and "password" not in ctx.pending:
            ctx.images.served_digest(self.options.image, credentials=self._credentials())

    def plan(self, ctx: StepContext) -> Iterable[Change]:
        """The references that would be pushed."""
        if "image" in ctx.pending:
            return [Change("push", f"the image {self.options.image}")]
        return [self._change(ctx, reference) for reference in self._references()]

    def run(self, ctx: StepContext) -> Outputs:
        """Push every reference, and ask the registry what it serves afterwards.

        Raises:
            RegistryUnreachable: the registry serves another digest than the one that was pushed.
        """
        digest = ""
        first = ImageReference.parse(self.options.image)
        for reference in self._references():
            if reference != self.options.image:
                ctx.images.tag(self.options.image, reference)
            digest = self._push(ctx, reference)
        return self.Outputs(image=str(ImageReference(first.repository, digest=digest)), digest=digest)

    def _push(self, ctx: StepContext, reference: str) -> str:
        def show(layer: str, current: int, total: int) -> None:
            ctx.progress(layer, current, total, "bytes")

        ctx.waiting(f"pushing {reference}")
        credentials = self._credentials()
        digest = ctx.images.push(reference, credentials=credentials, on_progress=show, cancellation=ctx.cancellation)
        served = ctx.images.served_digest(reference, credentials=credentials)
        if served != digest:
            message = f"The registry serves {served or 'nothing'} as {reference}, but {digest} was pushed."
            raise RegistryUnreachable(message, remedy="Look for another build that pushes the same tag.")
        ctx.say(f"{reference} is served as {digest}")
        return digest

    def _references(self) -> list[str]:
        first = ImageReference.parse(self.options.image)
        return [self.options.image, *(str(ImageReference(first.repository, tag)) for tag in self.options.tags)]

    def _credentials(self) -> Credentials | None:
        options = self.options
        return Credentials(options.username, options.password) if options.username else None

    def _change(self, ctx: StepContext, reference: str) -> Change:
        served = ctx.images.served_digest(reference, credentials=self._credentials())
        return Change(
            "push", reference, f"the registry serves {served} now" if served else "the registry has no such tag"
        )
