"""Images that are put into a registry as they are, without an engine."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urljoin

import urllib3

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"


def digest_of(raw: bytes) -> str:
    return f"sha256:{hashlib.sha256(raw).hexdigest()}"


class Repository:
    """A repository of the test's own in a real registry."""

    def __init__(self, registry: str) -> None:
        self.registry = registry
        self.path = f"cdkit-test/{secrets.token_hex(4)}"
        self._http = urllib3.PoolManager()

    @property
    def name(self) -> str:
        """What references to it begin with."""
        return f"{self.registry}/{self.path}"

    def push_image(
        self,
        layers: Sequence[bytes],
        tag: str = "",
        architecture: str = "amd64",
        settings: Mapping[str, Any] | None = None,
    ) -> str:
        """Put an image of these layers into it, which is run as the settings say, and give its digest."""
        said = {"os": "linux", "architecture": architecture, "config": settings, "salt": secrets.token_hex(8)}
        config = json.dumps(said).encode()
        parts = [self._blob(layer) for layer in layers]
        manifest = {"schemaVersion": 2, "mediaType": MANIFEST, "config": self._blob(config), "layers": parts}
        return self._manifest(manifest, tag)

    def push_index(self, images: dict[str, str], tag: str) -> str:
        """Put an index of images, by their architectures, into it, and give its digest."""
        entries = [
            {"digest": digest, "size": 1, "mediaType": MANIFEST, "platform": {"os": "linux", "architecture": name}}
            for name, digest in images.items()
        ]
        return self._manifest({"schemaVersion": 2, "mediaType": INDEX, "manifests": entries}, tag)

    def blob(self, digest: str) -> bytes:
        """A blob, as the registry gives it out."""
        return self._http.request("GET", self._url(f"blobs/{digest}")).data

    def _blob(self, raw: bytes) -> dict[str, Any]:
        begun = self._http.request("POST", self._url("blobs/uploads/"))
        location = urljoin(self._url(""), begun.headers["Location"])
        done = self._http.request("PUT", f"{location}&digest={digest_of(raw)}", body=raw)
        assert done.status == 201, done.data
        return {"digest": digest_of(raw), "size": len(raw), "mediaType": "application/vnd.oci.image.layer.v1.tar"}

    def _manifest(self, manifest: dict[str, Any], tag: str) -> str:
        raw = json.dumps(manifest).encode()
        headers = {"Content-Type": manifest["mediaType"]}
        for name in filter(None, (digest_of(raw), tag)):
            done = self._http.request("PUT", self._url(f"manifests/{name}"), body=raw, headers=headers)
            assert done.status == 201, done.data
        return digest_of(raw)

    def _url(self, path: str) -> str:
        return f"http://{self.registry}/v2/{self.path}/{path}"
