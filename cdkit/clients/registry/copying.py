"""Copying an image from one place of a registry to another, or between registries, without an engine.

https://github.com/opencontainers/distribution-spec/blob/main/spec.md#push
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from cdkit.clients.registry.answers import NOT_FOUND, Answer, error_of
from cdkit.clients.registry.endpoint import PIECE_BYTES, Request
from cdkit.clients.registry.image import RemoteImage
from cdkit.clients.registry.manifest import Descriptor, Manifest
from cdkit.clients.registry.persistence import PassingFault, persist
from cdkit.errors import ObjectNotFound, RegistryUnreachable, WorldFailed
from cdkit.flow.cancellation import Cancellation
from cdkit.flow.clock import Clock
from cdkit.flow.parallel import in_parallel
from cdkit.ports.image_engine import OnProgress

BLOBS_AT_ONCE = 4
SHOWN_DIGITS = 12
"""Of a blob's digest, as Docker shows layers."""

CREATED, ACCEPTED = 201, 202


class ImageCopy:
    """The way of one image, or of an index with the images of all its platforms, to another name.

    No more of a layer is in memory than what is on its way: it streams from one registry to the other.

    Args:
        source: the image.
        target: its name to be.
        may_mount: whether the target's registry knows the source's repository, and the account may read there.
        on_progress: called with a blob, how many bytes of it are there, and how many it has.
        clock: the time.
    """

    def __init__(
        self, source: RemoteImage, target: RemoteImage, *, may_mount: bool, on_progress: OnProgress, clock: Clock
    ) -> None:
        self._source = source
        self._target = target
        self._may_mount = may_mount
        self._on_progress = on_progress
        self._clock = clock
        self._lock = threading.Lock()
        self._shown: dict[str, int] = {}
        self._what = f"Cannot copy {source.reference} to {target.reference}"

    def perform(self) -> str:
        """Copy, and give the digest, which is the source's.

        Raises:
            ObjectNotFound: there is no such image.
            RegistryUnreachable, AccessDenied, RequestRejected: as their names say.
        """
        manifest = self._source.manifest()
        if manifest is None:
            raise ObjectNotFound(f"{self._what}: the registry does not serve {self._source.reference}.")
        if not self._is_there(manifest.digest):
            self._bring_parts(manifest)
        self._put(manifest, self._target.address.name)
        return manifest.digest

    def _is_there(self, digest: str) -> bool:
        """Whether the target's repository has the image already, with all that belongs to it."""
        here, there = self._source, self._target
        if (here.endpoint.host, here.address.repository) == (there.endpoint.host, there.address.repository):
            return True
        return there.has(digest)

    def _bring_parts(self, manifest: Manifest) -> None:
        images = [self._child(entry) for entry in manifest.manifests]
        blobs = {blob.digest: blob for each in (*images, manifest) for blob in each.blobs}
        jobs = [partial(self._bring, blob) for blob in blobs.values()]
        in_parallel(jobs, BLOBS_AT_ONCE, self._target.cancellation)
        for image in images:
            self._put(image, image.digest)

    def _child(self, entry: Descriptor) -> Manifest:
        child = self._source.manifest(entry.digest)
        if child is None:
            raise ObjectNotFound(f"{self._what}: the registry lacks {entry.digest}, which the index names.")
        if child.manifests:
            raise WorldFailed(f"{self._what}: its index names a further index, {entry.digest}.")
        return child

    def _bring(self, blob: Descriptor, cancellation: Cancellation) -> None:
        """Let the target have a blob. What breaks in the middle is begun anew."""
        persist(lambda: self._bring_once(blob, cancellation), self._clock, cancellation)
        self._show(blob, blob.size)

    def _bring_once(self, blob: Descriptor, cancellation: Cancellation) -> None:
        if not self._may_mount and self._has(blob):
            return
        location = self._begin(blob)
        if location:
            self._upload(blob, location, cancellation)

    def _has(self, blob: Descriptor) -> bool:
        answer = self._ask("HEAD", self._target.address.blob(blob.digest))
        if answer.status != NOT_FOUND and not answer.ok:
            raise error_of(answer, self._what)
        return answer.ok

    def _begin(self, blob: Descriptor) -> str:
        """Where to upload a blob to; empty when the registry took it over from the source's repository."""
        address = self._target.address
        if self._may_mount:
            answer = self._ask("POST", address.mount(blob.digest, self._source.address.repository))
            if answer.status == CREATED:
                return ""
            # Registries that take nothing over begin an upload instead; some refuse.
            if answer.status == ACCEPTED:
                return self._location(answer)
        answer = self._ask("POST", address.uploads)
        if answer.status != ACCEPTED:
            raise error_of(answer, self._what)
        return self._location(answer)

    def _location(self, answer: Answer) -> str:
        location = answer.headers.get("location", "")
        if not location:
            raise WorldFailed(f"{self._what}: {self._target.endpoint.host} does not say where to upload to.")
        return location

    def _upload(self, blob: Descriptor, location: str, cancellation: Cancellation) -> None:
        separator = "&" if "?" in location else "?"
        headers = {"Content-Type": "application/octet-stream", "Content-Length": str(blob.size)}
        target = f"{location}{separator}digest={blob.digest}"
        request = self._request("PUT", target, headers, lambda: self._stream(blob, cancellation))
        answer = self._target.endpoint.ask_once(request)
        if answer.status == CREATED:
            return
        error = error_of(answer, self._what)
        if answer.status in {400, NOT_FOUND, 416}:
            # The upload was forgotten, or damaged on its way: what was sent is verified. A new one may do.
            raise PassingFault(RegistryUnreachable(error.message))
        raise error

    def _stream(self, blob: Descriptor, cancellation: Cancellation) -> Iterator[bytes]:
        """A blob's bytes as they come from the source, compared with its digest and size before the last is given."""
        seen = hashlib.new(blob.digest.partition(":")[0])
        damaged = WorldFailed(f"{self._what}: what the registry sends as {blob.digest} is something else.")
        done = 0
        with self._source.blob(blob.digest) as response:
            forget = cancellation.on_cancel(response.shutdown)
            try:
                while piece := response.read1(PIECE_BYTES):
                    cancellation.raise_if_cancelled()
                    seen.update(piece)
                    done += len(piece)
                    if done > blob.size or (done == blob.size and not blob.digest.endswith(seen.hexdigest())):
                        raise damaged
                    self._show(blob, done)
                    yield piece
            finally:
                forget()
        if done < blob.size:
            raise damaged

    def _put(self, manifest: Manifest, name: str) -> None:
        headers = {"Content-Type": manifest.media_type}
        answer = self._ask("PUT", self._target.address.manifest_of(name), headers, lambda: manifest.raw)
        if not answer.ok:
            raise error_of(answer, self._what)

    def _ask(
        self, method: str, path: str, headers: dict[str, str] | None = None, body: Callable[[], bytes] | None = None
    ) -> Answer:
        request = self._request(method, path, headers or {}, body)
        return self._target.endpoint.ask(request, self._target.cancellation)

    def _request(self, method: str, target: str, headers: dict[str, str], body: Callable[[], Any] | None) -> Request:
        scopes = {self._target.address.push_scope}
        if self._may_mount:
            scopes.add(self._source.address.pull_scope)
        return Request(
            what=self._what, method=method, target=target, scopes=frozenset(scopes), headers=headers, body=body
        )

    def _show(self, blob: Descriptor, done: int) -> None:
        with self._lock:
            # An upload that is begun anew does not run backwards before people's eyes.
            self._shown[blob.digest] = max(done, self._shown.get(blob.digest, 0))
            shown = self._shown[blob.digest]
        self._on_progress(blob.digest.partition(":")[2][:SHOWN_DIGITS], shown, blob.size)
