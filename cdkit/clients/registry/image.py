"""One image in a registry: its digest, its manifest, its configuration."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from cdkit.clients.registry.address import Address, is_digest
from cdkit.clients.registry.answers import Answer, error_of
from cdkit.clients.registry.endpoint import MANIFEST_BYTES, Endpoint, Request
from cdkit.clients.registry.manifest import ACCEPT, Descriptor, Manifest, read_json, verified
from cdkit.errors import WorldFailed
from cdkit.flow.cancellation import Cancellation

Shape = TypeVar("Shape")

OK = 200
DEEPEST_INDEX = 4
"""An index may name another index, which nobody does more than once."""

CONFIG_BYTES = 8 << 20
"""The largest configuration of an image that is read."""


class RemoteImage:
    """An image under a name that a registry may serve or not.

    Args:
        endpoint: the registry, as our account sees it.
        reference: the image's name.
        cancellation: ends what takes long.

    Raises:
        InvalidInput: the name is no reference.
    """

    def __init__(self, endpoint: Endpoint, reference: str, cancellation: Cancellation) -> None:
        self.endpoint = endpoint
        self.reference = reference
        self.address = Address.of(reference)
        self.cancellation = cancellation

    def digest(self) -> str | None:
        """The digest by which it is served now, or None when the registry has no such image. One request."""
        answer = self._ask("HEAD", self.address.name)
        if answer is None:
            return None
        said = answer.headers.get("docker-content-digest", "")
        if not is_digest(said):
            # The header is a 'should' of the specification.
            manifest = self.manifest()
            return manifest.digest if manifest else None
        if self.address.by_digest and said != self.address.name:
            raise WorldFailed(f"The registry says that {self.reference} has the digest {said}.")
        return said

    def manifest(self, digest: str = "") -> Manifest | None:
        """Its manifest or index, or None when the registry has no such image.

        Args:
            digest: take another manifest of the same repository, such as one that an index names.
        """
        answer = self._ask("GET", digest or self.address.name)
        if answer is None:
            return None
        what = f"The manifest of {self.reference}"
        wanted = digest or (self.address.name if self.address.by_digest else "")
        raw = verified(answer.body, wanted, what) if wanted else answer.body
        return Manifest.parse(raw, answer.headers.get("content-type", ""), what)

    def manifest_of(self, platform: str) -> Manifest | None:
        """The manifest of a single image: its own, or what its index has for a platform or first.

        Raises:
            WorldFailed: its index has no image, or one that the registry does not have.
        """
        manifest = self.manifest()
        for _ in range(DEEPEST_INDEX):
            if manifest is None or manifest.config is not None:
                return manifest
            entry = manifest.of_platform(platform)
            manifest = self.manifest(entry.digest) if entry else None
            if manifest is None:
                break
        raise WorldFailed(f"The index of {self.reference} has no image that the registry serves.")

    def config(self, descriptor: Descriptor, shape: type[Shape]) -> Shape:
        """The configuration that its manifest names, as far as the shape asks for it.

        Raises:
            WorldFailed: it is not what the manifest names.
        """
        what = f"Cannot read the configuration of {self.reference}"
        answer = self._send(what, "GET", self.address.blob(descriptor.digest), most_bytes=CONFIG_BYTES)
        if not answer.ok:
            raise error_of(answer, what)
        subject = f"The configuration of {self.reference}"
        return read_json(verified(answer.body, descriptor.digest, subject), shape, subject)

    def has(self, digest: str) -> bool:
        """Whether its repository has another manifest, too."""
        return self._ask("HEAD", digest) is not None

    @contextmanager
    def blob(self, digest: str) -> Iterator[Any]:
        """urllib3's response with a blob of its repository, to be read piece by piece; not yet verified.

        Raises:
            PassingFault: no answer came, or 'not now'.
            ObjectNotFound: the repository has no such blob.
        """
        what = f"Cannot read {digest} of {self.reference}"
        with self.endpoint.open(self._request(what, "GET", self.address.blob(digest))) as response:
            if response.status != OK:
                raise error_of(Answer(response.status, {}, b"", response.url), what)
            yield response

    def _ask(self, method: str, name: str) -> Answer | None:
        what = f"Cannot ask the registry for {self.reference}"
        answer = self._send(what, method, self.address.manifest_of(name))
        if answer.says_not_found:
            return None
        if not answer.ok:
            raise error_of(answer, what)
        return answer

    def _send(self, what: str, method: str, path: str, most_bytes: int = MANIFEST_BYTES) -> Answer:
        return self.endpoint.ask(self._request(what, method, path), self.cancellation, most_bytes)

    def _request(self, what: str, method: str, path: str) -> Request:
        return Request(
            what=what,
            method=method,
            target=path,
            scopes=frozenset({self.address.pull_scope}),
            headers={"Accept": f"{ACCEPT}, */*"},
        )
