"""The images of a fake engine, and the registries that it has them from."""

from __future__ import annotations

from cdkit.clients.engine.messages import registry_error
from cdkit.models.container import ImageConfig
from cdkit.models.image import ImageReference


class FakePulls:
    """Images that an engine has, and those that it could fetch.

    Attributes:
        images: the images that it has, by reference.
        registry: the images that registries serve, by reference.
        refusals: what a registry says when an image is asked for, in its own words, by reference.
        pulls: the references that were pulled, in order.
    """

    def __init__(self) -> None:
        self.images: dict[str, ImageConfig] = {}
        self.registry: dict[str, ImageConfig] = {}
        self.refusals: dict[str, str] = {}
        self.pulls: list[str] = []

    def find(self, reference: str) -> ImageConfig | None:
        """How an image is run, or None when the engine has none of that name."""
        return self.images.get(full(reference))

    def pull(self, reference: str) -> None:
        """Fetch an image from `registry`.

        Raises:
            RegistryUnreachable, AccessDenied, ObjectNotFound: what one of `refusals` means, or that there is none.
        """
        what, name = f"Cannot pull {reference}", full(reference)
        if reference in self.refusals:
            raise registry_error(self.refusals[reference], what)
        if reference != reference.lower():
            raise registry_error("invalid reference format: repository name must be lowercase", what)
        if name not in self.registry:
            raise registry_error(f"manifest for {name} not found: manifest unknown: manifest unknown", what)
        self.pulls.append(reference)
        self.images[name] = self.registry[name]


def full(reference: str) -> str:
    """A reference with the tag that is meant when none is named."""
    parsed = ImageReference.parse(reference)
    return reference if parsed.digest or parsed.tag else f"{reference}:latest"
