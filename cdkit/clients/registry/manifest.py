"""Manifests and indexes of images: what they are made of. Pure.

https://github.com/opencontainers/image-spec/blob/main/manifest.md,
https://github.com/opencontainers/image-spec/blob/main/image-index.md
"""

from __future__ import annotations

import hashlib
from typing import TypeVar

import msgspec

from cdkit.clients.image_config import ImageSettings
from cdkit.clients.registry.address import is_digest
from cdkit.errors import RequestRejected, WorldFailed
from cdkit.models.decoding import decode_json

Shape = TypeVar("Shape")

MANIFEST_TYPES = (
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
INDEX_TYPES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)
ACCEPT = ", ".join((*INDEX_TYPES, *MANIFEST_TYPES))
_NOT_KEPT = "foreign", "nondistributable"
"""Parts of the media types of layers that registries do not hold."""


class Platform(msgspec.Struct, frozen=True):
    """For which machines an image is."""

    os: str = ""
    architecture: str = ""
    variant: str = ""

    def __str__(self) -> str:
        """As Docker writes it: `linux/arm64/v8`."""
        return "/".join(part for part in (self.os, self.architecture, self.variant) if part)

    @property
    def is_known(self) -> bool:
        """Whether it is one at all: provenance and signatures have `unknown` in its place."""
        return self.os not in {"", "unknown"}


class Configuration(Platform, frozen=True):
    """The configuration of an image: for which machines it is, and how it is run."""

    config: ImageSettings | None = None


class Descriptor(msgspec.Struct, frozen=True, rename="camel"):
    """A part of an image: a layer, a configuration, or in an index the manifest of one platform."""

    digest: str
    size: int
    media_type: str = ""
    platform: Platform | None = None

    @property
    def is_kept_by_registries(self) -> bool:
        """Whether a registry holds it; layers of Windows itself come from elsewhere."""
        return not any(part in self.media_type for part in _NOT_KEPT)


class _Parsed(msgspec.Struct, frozen=True, rename="camel"):
    schema_version: int = 0
    media_type: str = ""
    config: Descriptor | None = None
    layers: list[Descriptor] = []
    manifests: list[Descriptor] = []


class Manifest(msgspec.Struct, frozen=True):
    """A manifest or an index, as a registry sent it.

    Attributes:
        raw: its bytes; its digest is theirs.
        media_type: of the manifest itself.
        config: of a single image, its configuration.
        layers: of a single image, from the lowest.
        manifests: of an index, those of its platforms.
    """

    raw: bytes
    media_type: str
    config: Descriptor | None
    layers: tuple[Descriptor, ...]
    manifests: tuple[Descriptor, ...]

    @property
    def digest(self) -> str:
        """The digest of its bytes."""
        return digest_of(self.raw)

    def of_platform(self, platform: str) -> Descriptor | None:
        """What an index has for a platform, such as `linux/amd64`, whatever its variant; else the first that it has."""
        known = [entry for entry in self.manifests if entry.platform is None or entry.platform.is_known]
        fitting = [entry for entry in known if f"{entry.platform}/".startswith(f"{platform}/")]
        return next(iter([*fitting, *known]), None)

    @property
    def blobs(self) -> tuple[Descriptor, ...]:
        """All that a registry has to hold before it takes the manifest; the configuration is the last."""
        held = [layer for layer in self.layers if layer.is_kept_by_registries]
        return tuple({blob.digest: blob for blob in (*held, *([self.config] if self.config else []))}.values())

    @classmethod
    def parse(cls, raw: bytes, content_type: str, what: str) -> Manifest:
        """Read what a registry sent.

        Args:
            raw: its bytes.
            content_type: its `Content-Type`.
            what: what it is, for messages: `The manifest of hello:1`.

        Raises:
            RequestRejected: it is of a kind that is not known, such as the long gone first schema.
            WorldFailed: it is no manifest.
        """
        parsed = read_json(raw, _Parsed, what)
        media_type = parsed.media_type or content_type.partition(";")[0].strip()
        if media_type not in {*MANIFEST_TYPES, *INDEX_TYPES}:
            remedy = "Build and push the image again with a tool of this decade."
            raise RequestRejected(f"{what} is of an unknown kind: {media_type or 'it does not say'!r}.", remedy=remedy)
        parts = [*parsed.layers, *parsed.manifests, *([parsed.config] if parsed.config else [])]
        if not all(is_digest(part.digest) and part.size >= 0 for part in parts):
            raise WorldFailed(f"{what} names a part by something that is no digest, or has no size.")
        return cls(raw, media_type, parsed.config, tuple(parsed.layers), tuple(parsed.manifests))


def digest_of(raw: bytes, algorithm: str = "sha256") -> str:
    """The digest of bytes, as images write it."""
    return f"{algorithm}:{hashlib.new(algorithm, raw).hexdigest()}"


def verified(raw: bytes, digest: str, what: str) -> bytes:
    """Bytes that have been compared with their digest.

    Raises:
        WorldFailed: they are others.
    """
    found = digest_of(raw, digest.partition(":")[0])
    if found != digest:
        remedy = "Something between here and the registry changes what it sends, or the registry's storage is damaged."
        raise WorldFailed(f"{what} has the digest {found}, and should have {digest}.", remedy=remedy)
    return raw


def read_json(raw: bytes, shape: type[Shape], what: str) -> Shape:
    """JSON of a known shape.

    Raises:
        WorldFailed: it is none.
    """
    try:
        return decode_json(raw, shape)
    except msgspec.MsgspecError as error:
        raise WorldFailed(f"{what} cannot be read: {error}.") from error
