"""The further names of an image that a registry serves: they get it by digest, and without an engine."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cdkit.api import ImageReference, StepContext
from cdkit_images.logins import Login
from cdkit_images.publish.floating import TagPolicy
from cdkit_images.publish.served import Served


class Destinations:
    """Names that are to get an image. All have the same digest then, whatever an engine would make of a second push.

    Args:
        ctx: the step.
        references: the names.
        login: the login that the step was given for them.
        policy: which tags may be moved.
    """

    def __init__(self, ctx: StepContext, references: Sequence[str], login: Login, policy: TagPolicy) -> None:
        self._ctx = ctx
        self._references = references
        self._login = login
        self._policy = policy
        self._served = Served(ctx, login)

    def require_free(self, digest: str, built: Callable[[], str | None]) -> None:
        """Nothing, when each serves this image, or none, or one that may be replaced.

        Args:
            digest: the digest of the image; empty while it is not pushed.
            built: gives the image's id on the engine; asked while there is no digest.

        Raises:
            ObjectConflict: a tag that may not be moved serves another image.
        """
        for reference in self._references:
            served = self._served.digest(reference)
            if served is None or served == digest:
                continue
            wanted = digest or built()
            if digest or wanted not in {served, self._served.image_id(reference)}:
                self._policy.require(reference, served, digest or f"image {wanted}")

    def receive(self, source: str, digest: str, login: Login) -> None:
        """Copy an image to all that do not serve it yet.

        Args:
            source: a name by which it is served.
            digest: its digest.
            login: the login for the source.

        Raises:
            ObjectConflict: somebody else pushed under one of the names meanwhile.
            RegistryUnreachable, AccessDenied, RequestRejected: as their names say.
        """
        by_digest = str(ImageReference(ImageReference.parse(source).repository, digest=digest))
        for reference in self._references:
            if self._served.digest(reference) == digest:
                self._ctx.say(f"{reference} is served already as {digest}")
                continue
            self._ctx.waiting(f"copying {source} to {reference}")
            self._ctx.registry.copy(
                by_digest,
                reference,
                source_credentials=login.of(by_digest),
                credentials=self._login.of(reference),
                on_progress=lambda layer, current, total: self._ctx.progress(layer, current, total, "bytes"),
                cancellation=self._ctx.cancellation,
            )
            self._served.require(reference, digest)
