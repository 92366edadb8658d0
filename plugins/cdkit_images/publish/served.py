"""What registries serve, as a step with its login sees it."""

from __future__ import annotations

from cdkit.api import ObjectConflict, StepContext
from cdkit_images.logins import Login


class Served:
    """Asks registries about references.

    Args:
        ctx: the step.
        login: the login that the step was given.
    """

    def __init__(self, ctx: StepContext, login: Login) -> None:
        self._ctx = ctx
        self._login = login

    def digest(self, reference: str) -> str | None:
        """The digest by which a reference is served now, or None when the registry has no such image."""
        credentials = self._login.of(reference)
        return self._ctx.registry.digest(reference, credentials=credentials, cancellation=self._ctx.cancellation)

    def image_id(self, reference: str) -> str | None:
        """The id that the image of a reference has on an engine, or None when the registry has no such image."""
        credentials = self._login.of(reference)
        return self._ctx.registry.image_id(reference, credentials=credentials, cancellation=self._ctx.cancellation)

    def require(self, reference: str, digest: str) -> None:
        """Nothing, when a reference is served as what was brought there a moment ago.

        Raises:
            ObjectConflict: it is not.
        """
        served = self.digest(reference)
        if served != digest:
            message = f"The registry serves {served or 'nothing'} as {reference}, but {digest} was pushed."
            raise ObjectConflict(message, remedy="Look for another build that pushes the same tag.")
        self._ctx.say(f"{reference} is served as {digest}")
