"""Registries in memory, with the contract of the real client (`tests/contract/test_registry_contract.py`)."""

from __future__ import annotations

from collections.abc import Mapping

from cdkit.clients.registry.address import Address
from cdkit.clients.registry.answers import LOG_IN
from cdkit.errors import AccessDenied, ObjectNotFound, RegistryUnreachable
from cdkit.flow.cancellation import Cancellation
from cdkit.models.container import ImageConfig
from cdkit.models.image import Credentials, ImageReference
from cdkit.ports.image_engine import OnProgress
from cdkit.ports.registry import USUAL_PLATFORM
from cdkit.testing.fake_image_engine import LAYER_BYTES, FakeImageEngine


class FakeRegistry:
    """Registries of all hosts at once. May be used by many threads.

    Args:
        engine: an engine whose pushes arrive here, and which pulls from here.

    Attributes:
        images: the digests that are served, by reference with its tag. The engine's own.
        logins: the login that each registry wants, by its host and port. The engine's own.
        silent: registries that do not answer, by host and port. The engine's own.
        platforms_of: the platforms of an image by its digest, where they are not `linux/amd64` alone.
        configs: how an image is run, by its digest.
        requests: what was asked: a word each and the reference.
    """

    def __init__(self, engine: FakeImageEngine | None = None) -> None:
        engine = engine or FakeImageEngine()
        self._engine = engine
        self.images = engine.registry
        self.logins: Mapping[str, Credentials] = engine.logins
        self.silent = engine.silent_registries
        self.platforms_of: dict[str, tuple[str, ...]] = {}
        self.configs: dict[str, ImageConfig] = {}
        self.requests: list[tuple[str, str]] = []

    def digest(
        self, reference: str, *, credentials: Credentials | None = None, cancellation: Cancellation | None = None
    ) -> str | None:
        """The digest by which a reference is served now, or None.

        Raises:
            RegistryUnreachable, AccessDenied: as their names say.
        """
        self._ask("digest", reference, credentials, cancellation)
        return self._served(reference)

    def platforms(
        self, reference: str, *, credentials: Credentials | None = None, cancellation: Cancellation | None = None
    ) -> tuple[str, ...] | None:
        """The platforms of a reference, or None when it is not served.

        Raises:
            RegistryUnreachable, AccessDenied: as their names say.
        """
        self._ask("platforms", reference, credentials, cancellation)
        digest = self._served(reference)
        return self.platforms_of.get(digest, (USUAL_PLATFORM,)) if digest else None

    def image_id(
        self, reference: str, *, credentials: Credentials | None = None, cancellation: Cancellation | None = None
    ) -> str | None:
        """The id on the engine that pushed the image, or None when it is not served.

        Raises:
            RegistryUnreachable, AccessDenied: as their names say.
        """
        self._ask("image_id", reference, credentials, cancellation)
        digest = self._served(reference)
        ids = self._engine.pushed
        return ids.get(digest, digest) if digest else None

    def config(
        self,
        reference: str,
        *,
        platform: str = USUAL_PLATFORM,
        credentials: Credentials | None = None,
        cancellation: Cancellation | None = None,
    ) -> ImageConfig | None:
        """How an image is run: what a test wrote to `configs`, or nothing; None when it is not served.

        Raises:
            RegistryUnreachable, AccessDenied: as their names say.
        """
        self._ask("config", reference, credentials, cancellation)
        digest = self._served(reference)
        return self.configs.get(digest, ImageConfig(platform=platform)) if digest else None

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
        """Serve an image under a further name.

        Raises:
            ObjectNotFound: there is no image `source`.
            RegistryUnreachable, AccessDenied: as their names say.
        """
        self._ask("copy", source, source_credentials, cancellation)
        self._ask("copy to", target, credentials, cancellation)
        digest = self._served(source)
        if digest is None:
            raise ObjectNotFound(f"Cannot copy {source} to {target}: the registry does not serve {source}.")
        for done in (0, LAYER_BYTES):
            on_progress("layer", done, LAYER_BYTES)
        self.images[_with_tag(target)] = digest
        return digest

    def _ask(
        self, question: str, reference: str, credentials: Credentials | None, cancellation: Cancellation | None
    ) -> None:
        host = Address.of(reference).host
        if cancellation is not None:
            cancellation.raise_if_cancelled()
        self.requests.append((question, reference))
        if host in self.silent:
            raise RegistryUnreachable(f"No answer from {host}: Connection refused.")
        wanted = self.logins.get(host)
        if wanted is not None and credentials != wanted:
            what = f"Cannot ask the registry for {reference}"
            raise AccessDenied(f"{what}: {host} answers with HTTP 401.", remedy=LOG_IN)

    def _served(self, reference: str) -> str | None:
        parsed = ImageReference.parse(reference)
        if parsed.digest:
            of_repository = (
                digest
                for name, digest in self.images.items()
                if ImageReference.parse(name).repository == parsed.repository
            )
            return parsed.digest if parsed.digest in of_repository else None
        return self.images.get(_with_tag(reference))


def _with_tag(reference: str) -> str:
    parsed = ImageReference.parse(reference)
    return str(ImageReference(parsed.repository, parsed.tag or "latest"))
