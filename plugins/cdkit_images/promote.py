"""`promote`: an image that a registry serves gets further names, by digest and without an engine."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from msgspec import Meta

from cdkit.api import Change, ImageReference, ObjectNotFound, Problem, Step, StepContext, StepOptions, StepOutputs
from cdkit_images.logins import Login, Password
from cdkit_images.publish.options import Floating, Overwrite
from cdkit_images.publish.served import Served


class Promote(Step):
    """Copy an image, with all its platforms, to another repository or registry."""

    name = "promote"

    class Options(StepOptions, frozen=True, kw_only=True):
        """What to copy, where to, and as whom."""

        image: Annotated[str, Meta(min_length=1, description="The image, as a registry serves it.")]
        to: Annotated[list[str], Meta(min_length=1, description="The names that get the image.")]
        floating: Floating = []
        overwrite: Overwrite = False
        username: Annotated[
            str,
            Meta(description="The login for the registry of the first name; Docker's own configuration serves else."),
        ] = ""
        password: Password = ""
        source_username: Annotated[
            str, Meta(description="The login for the image's registry; Docker's own configuration serves else.")
        ] = ""
        source_password: Annotated[
            str, Meta(description="That login's password; `${{ secrets.NAME }}`.", extra={"secret": True})
        ] = ""

    class Outputs(StepOutputs, frozen=True, kw_only=True):
        """The image under its first new name."""

        image: Annotated[str, Meta(description="Repository and digest: what to deploy.")]
        digest: Annotated[str, Meta(description="The digest of the manifest, which is what it was: `sha256:...`.")]

    options: Options

    def check(self, ctx: StepContext) -> Iterable[Problem]:
        """The logins are whole, and the registries answer, where they are known already."""
        for option, login in (("image", self._source_login()), ("to", self._login())):
            yield from login.check(ctx.step)
            if not ctx.pending & {option, "password", "source_password"}:
                Served(ctx, login).digest(login.reference)

    def plan(self, ctx: StepContext) -> Iterable[Change]:
        """The names that would get the image."""
        image, names = self.options.image, self.options.to
        if ctx.pending & {"image", "to", "password", "source_password"}:
            return [Change("push", name, f"copied from {image}") for name in names]
        digest = Served(ctx, self._source_login()).digest(image)
        if digest is None:
            return [Change("unknown", name, f"the registry does not serve {image} yet") for name in names]
        served = Served(ctx, self._login())
        return [
            Change("keep", name, f"it is served as {digest} already")
            if served.digest(name) == digest
            else Change("push", name, f"copied from {image}: {digest}")
            for name in names
        ]

    def run(self, ctx: StepContext) -> Outputs:
        """Copy it to the registries that do not have it yet, and ask them what they serve afterwards.

        Raises:
            ObjectNotFound: no registry serves the image.
            ObjectConflict: a tag that may not be moved serves another image.
        """
        from cdkit_images.publish.destinations import Destinations
        from cdkit_images.publish.floating import TagPolicy

        options, source = self.options, self._source_login()
        digest = Served(ctx, source).digest(options.image)
        if digest is None:
            raise ObjectNotFound(f"The registry does not serve {options.image}, so it cannot be promoted.")
        policy = TagPolicy(ctx, options.to, options.floating, overwrite=options.overwrite)
        destinations = Destinations(ctx, options.to, self._login(), policy)
        destinations.require_free(digest, lambda: None)
        destinations.receive(options.image, digest, source)
        repository = ImageReference.parse(options.to[0]).repository
        return self.Outputs(image=str(ImageReference(repository, digest=digest)), digest=digest)

    def _source_login(self) -> Login:
        return Login(self.options.image, self.options.source_username, self.options.source_password)

    def _login(self) -> Login:
        return Login(self.options.to[0], self.options.username, self.options.password)
