"""One kind of question and one kind of work: what a registry serves, and bringing an image there without an engine."""

from __future__ import annotations

from typing import Protocol

from cdkit.flow.cancellation import Cancellation
from cdkit.models.container import ImageConfig
from cdkit.models.image import Credentials
from cdkit.ports.image_engine import OnProgress

USUAL_PLATFORM = "linux/amd64"
"""Of an index, the image that is meant where nobody says."""


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

    def image_id(
        self, reference: str, *, credentials: Credentials | None = None, cancellation: Cancellation | None = None
    ) -> str | None:
        """The digest of an image's configuration, which is its id on an engine; an index has its own digest as its id.

        None when the registry has no such image. One request.
        """
        ...

    def config(
        self,
        reference: str,
        *,
        platform: str = USUAL_PLATFORM,
        credentials: Credentials | None = None,
        cancellation: Cancellation | None = None,
    ) -> ImageConfig | None:
        """How an image is run; None when the registry has no such image.

        Args:
            reference: the image.
            platform: which of an index; one that has none for it gives the first that it has.
            credentials: the login for its registry.
            cancellation: ends it.
        """
        ...

    def copy(
        self,
        source: str,
        target: str,
        *,
        source_credentials: Credentials | None = None,
        credentials: Credentials | None = None,
        on_progress: OnProgress,
        cancellation: Cancellation,
    ) -> str:
        """Let a registry serve an image under a further name, without an engine; gives its digest, which it keeps.

        An index is copied with the images of all its platforms. What the target's registry has already is not sent,
        and what it can take over from another of its repositories neither.

        Args:
            source: the image.
            target: its further name, in the same or in another registry.
            source_credentials: the login for the source.
            credentials: the login for the target.
            on_progress: called with a layer, the bytes that are done, and the bytes that there are.
            cancellation: ends it.

        Raises:
            ObjectNotFound: there is no image `source`.
            RequestRejected: the target's registry refuses it.
        """
        ...
