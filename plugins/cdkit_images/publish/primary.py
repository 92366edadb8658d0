"""The first name of an image: the one that it has on the engine, and is pushed under."""

from __future__ import annotations

from cdkit.api import ImageReference, ObjectNotFound, StepContext
from cdkit_images.content.tag import is_content_tag
from cdkit_images.logins import Login
from cdkit_images.publish.engine_push import push
from cdkit_images.publish.floating import TagPolicy
from cdkit_images.publish.served import Served


class Primary:
    """An image on its way from the engine to its registry, unless it is there.

    Args:
        ctx: the step.
        reference: its name, on the engine and in the registry.
        login: the login that the step was given.
        policy: which tags may be moved.
    """

    def __init__(self, ctx: StepContext, reference: str, login: Login, policy: TagPolicy) -> None:
        self.reference = reference
        self._parsed = ImageReference.parse(reference)
        self._ctx = ctx
        self._login = login
        self._policy = policy
        self._served = Served(ctx, login)

    @property
    def built(self) -> str | None:
        """The image's id on the engine, or None when the engine does not have it."""
        return self._ctx.images.image_id(self.reference)

    def digest_to_keep(self) -> str:
        """The digest by which it is served, when that is this image already; empty when it has to be pushed.

        Raises:
            ObjectConflict: another image is served, and the tag may not be moved.
        """
        served = self._served.digest(self.reference)
        if served is None or self._is_this(served):
            return served or ""
        self._policy.require(self.reference, served, f"image {self.built}")
        return ""

    def _is_this(self, served: str) -> bool:
        if self._parsed.digest or is_content_tag(self._parsed.tag):
            # It cannot be another one, and no engine is needed to know it.
            return True
        built = self.built
        return built is None or built in {served, self._served.image_id(self.reference)}

    def push(self) -> str:
        """Let the engine push it, and give the digest that the registry serves then.

        Raises:
            ObjectNotFound: the engine does not have it either.
            ObjectConflict: somebody else pushed under the same name meanwhile.
            RegistryUnreachable, AccessDenied, EngineUnreachable: as their names say.
        """
        if self._parsed.digest:
            raise ObjectNotFound(f"The registry does not serve {self.reference}, and a digest cannot be pushed.")
        digest = push(self._ctx, self.reference, self._login.of(self.reference))
        self._served.require(self.reference, digest)
        return digest
