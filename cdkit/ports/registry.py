"""One kind of question and one kind of work: what a registry serves, and bringing an image there without an engine."""

from __future__ import annotations

from typing import Protocol

from cdkit.flow.cancellation import Cancellation
from cdkit.models.image import Credentials


class Registry(Protocol):
    """Registries, each named by the references that it is asked about. It needs no image engine.

    All requests raise `RegistryUnreachable` when a registry does not answer or says 'not now' after retries,
    `AccessDenied` on 401 and 403, and `InvalidInput` for what is no reference. Without credentials, those of the user's
    Docker configuration are used where the registry asks for any.
    https://github.com/opencontainers/distribution-spec/blob/main/spec.md
    """

    def digest(
        self, reference: str, *, credentials: Credentials | None = None, cancellation: Cancellation | None = None
    ) -> str | None:
        """The digest by which a reference is served now, or None when the registry has no such image. One request."""
        ...

    def platforms(
        self, reference: str, *, credentials: Credentials | None = None, cancellation: Cancellation | None = None
    ) -> tuple[str, ...] | None:
        """The platforms of a reference, as `linux/amd64` or `linux/arm64/v8`; None when the registry has no such image.

        Of an index they stand in it; of a single image in its configuration.
        """
        ...
