"""Where an image reference leads: which host, which repository, and which of its manifests."""

from __future__ import annotations

import re
from urllib.parse import quote

import msgspec

from cdkit.errors import InvalidInput
from cdkit.models.image import ImageReference

DOCKER_HUB = "registry-1.docker.io"
_HUB_NAMES = frozenset({"", "docker.io", "index.docker.io", DOCKER_HUB})
"""References that name no registry, and the names that Docker itself gives to its own."""

_PATH = re.compile(r"[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*)*")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128}")
_HOST = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9a-fA-F:]+\])(?::\d{1,5})?")
"""https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests"""


class Address(msgspec.Struct, frozen=True):
    """What a reference means to a registry.

    Attributes:
        host: the registry's host, and its port if it has one.
        repository: the path of the repository: `library/busybox`.
        name: the tag or the digest.
    """

    host: str
    repository: str
    name: str

    @classmethod
    def of(cls, reference: str) -> Address:
        """Where a reference leads; without a tag it means `latest`, as everywhere.

        Raises:
            InvalidInput: it is no reference.
        """
        parsed = ImageReference.parse(reference)
        host, path = parsed.registry, parsed.repository
        if host:
            path = path.removeprefix(f"{host}/")
        if host in _HUB_NAMES:
            host, path = DOCKER_HUB, path if "/" in path else f"library/{path}"
        name = parsed.digest or parsed.tag or "latest"
        legal_name = _DIGEST.fullmatch(name) if parsed.digest else _TAG.fullmatch(name)
        whole = str(parsed) == reference
        if not (whole and _HOST.fullmatch(host) and _PATH.fullmatch(path) and legal_name):
            raise InvalidInput(
                f"{reference!r} is no image reference.",
                remedy="An image is named `host:port/path/name:tag`, with a lower-case path.",
            )
        return cls(host, path, name)

    @property
    def by_digest(self) -> bool:
        """Whether it names the manifest by its digest."""
        return ":" in self.name

    @property
    def manifest(self) -> str:
        """The path of the manifest."""
        return self.manifest_of(self.name)

    def manifest_of(self, name: str) -> str:
        """The path of another manifest of the repository."""
        return f"/v2/{self.repository}/manifests/{name}"

    def blob(self, digest: str) -> str:
        """The path of a blob of the repository."""
        return f"/v2/{self.repository}/blobs/{digest}"

    @property
    def uploads(self) -> str:
        """The path where uploads of blobs begin."""
        return f"/v2/{self.repository}/blobs/uploads/"

    def mount(self, digest: str, source: str) -> str:
        """The path that asks the registry to take a blob over from another repository of its own."""
        return f"{self.uploads}?mount={quote(digest)}&from={quote(source, safe='')}"

    @property
    def pull_scope(self) -> str:
        """What a token has to allow for reading.

        https://distribution.github.io/distribution/spec/auth/scope/
        """
        return f"repository:{self.repository}:pull"

    @property
    def push_scope(self) -> str:
        """What a token has to allow for writing."""
        return f"repository:{self.repository}:pull,push"


def is_digest(text: str) -> bool:
    """Whether a text is a digest that can be verified."""
    return _DIGEST.fullmatch(text) is not None
